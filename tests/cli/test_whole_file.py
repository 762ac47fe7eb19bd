import os
from pathlib import Path

import pytest

from imds_sim.cli import whole_file
from imds_sim.cli.ending import FileNotWritable


def test_a_check_leaves_nothing_behind(tmp_path: Path) -> None:
    whole_file.check(str(tmp_path / "page.html"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("file", "why"),
    [
        ("nowhere/page.html", "nowhere/page.html: cannot be written: No such file or directory"),
        (".", "not an ordinary file"),
        ("/dev/null", "/dev/null: not an ordinary file"),
        ("x" * 300, "File name too long"),
    ],
)
def test_a_file_that_cannot_be_written_is_refused_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str, why: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FileNotWritable, match=why):
        whole_file.check(file)


def test_a_write_replaces_what_was_there_and_follows_a_link(tmp_path: Path) -> None:
    page, link = tmp_path / "page.html", tmp_path / "link.html"
    page.write_text("old")
    link.symlink_to(page)
    whole_file.write(str(link), "new")
    assert (page.read_text(), link.is_symlink()) == ("new", True)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["link.html", "page.html"]


def test_it_has_the_permissions_of_any_new_file(tmp_path: Path) -> None:
    ordinary, page = tmp_path / "ordinary", tmp_path / "page.html"
    ordinary.touch()
    whole_file.write(str(page), "")
    assert page.stat().st_mode == ordinary.stat().st_mode


def test_half_a_page_is_never_left(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("old")
    with pytest.raises(UnicodeEncodeError):
        whole_file.write(str(page), "x" * 100_000 + "\udcff")
    assert (page.read_text(), os.listdir(tmp_path)) == ("old", ["page.html"])
