import stat
from contextlib import nullcontext
from pathlib import Path

import pytest

from imds_sim.kernel.key_store import KeyUnusable
from imds_sim.kernel.secret import Secret
from imds_sim.server.key_files import KeyFiles

PEM = Secret("-----BEGIN PRIVATE KEY-----\n...\n")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_key_is_kept_for_its_owner_only_and_found_again(tmp_path: Path) -> None:
    assert KeyFiles(tmp_path).get("identity") is None
    KeyFiles(tmp_path).put("identity", PEM)
    assert KeyFiles(tmp_path).get("identity") == PEM
    assert KeyFiles(tmp_path).get("other") is None
    assert mode(tmp_path / "keys") == 0o700
    assert mode(tmp_path / "keys" / "identity.pem") == 0o600
    KeyFiles(tmp_path).put("identity", Secret("new"))
    assert KeyFiles(tmp_path).get("identity") == Secret("new")
    assert [file.name for file in (tmp_path / "keys").iterdir()] == ["identity.pem"]


@pytest.mark.parametrize(
    ("permissions", "taken"),
    [(0o400, True), (0o600, True), (0o640, False), (0o604, False)],
)
def test_a_key_that_others_can_use_is_refused_with_the_remedy(
    tmp_path: Path, permissions: int, taken: bool
) -> None:
    KeyFiles(tmp_path).put("identity", PEM)
    (tmp_path / "keys" / "identity.pem").chmod(permissions)
    with nullcontext() if taken else pytest.raises(KeyUnusable, match="chmod go-rwx"):
        assert KeyFiles(tmp_path).get("identity") == PEM


def test_what_is_no_text_is_damaged(tmp_path: Path) -> None:
    KeyFiles(tmp_path).put("identity", PEM)
    (tmp_path / "keys" / "identity.pem").write_bytes(b"\xff")
    with pytest.raises(KeyUnusable, match=r"identity\.pem: is damaged"):
        KeyFiles(tmp_path).get("identity")


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("not a folder")
    with pytest.raises(KeyUnusable, match="let uid"):
        KeyFiles(tmp_path).put("identity", PEM)
    with pytest.raises(KeyUnusable, match="let uid"):
        KeyFiles(tmp_path).get("identity")
