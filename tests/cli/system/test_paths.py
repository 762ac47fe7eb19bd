from pathlib import Path

import pytest

from imds_sim.cli.system.errors import NotOnThisMachine
from imds_sim.cli.system.paths import HIDDEN, Program, hiding, parse_path, quoted
from imds_sim.cli.system.units import Plan
from tests.cli.system.test_units import service


@pytest.mark.parametrize(
    ("path", "place"),
    [
        pytest.param("/home/alice/x", "/home", id="in a home"),
        pytest.param("/root/x", "/root", id="in that of root"),
        pytest.param("/run/user/1000/x", "/run/user", id="at run time"),
        pytest.param("/var/tmp/x", "/var/tmp", id="a temporary file"),
        pytest.param("/opt/../root/x", "/root", id="by a detour"),
        pytest.param("/homes/alice/x", None, id="a folder of a longer name"),
        pytest.param("/opt/home/x", None, id="a home that is none"),
    ],
)
def test_homes_and_temporary_files_are_out_of_sight(path: str, place: str | None) -> None:
    assert hiding(path) == place


def test_the_service_hides_those_places() -> None:
    found = service(Plan("/opt/imds-sim"))
    assert (found["ProtectHome"], found["PrivateTmp"]) == (["yes"], ["yes"])
    assert set(HIDDEN) == {"/home", "/root", "/run/user", "/tmp", "/var/tmp"}


def test_a_link_into_a_hidden_place_is_found_on_this_machine_and_left_to_an_image(
    tmp_path: Path,
) -> None:
    link = tmp_path / "link"
    link.symlink_to("/home/alice/imds-sim")
    seen = f"/proc/self/root{link}"  # by a way that no rule knows
    with pytest.raises(ValueError, match="/home/alice/imds-sim is in /home"):
        parse_path(seen, here=True)
    assert parse_path(seen, here=False) == seen


@pytest.mark.parametrize("text", ["/opt/a\nUser=root", "/opt/$HOME", '/opt/"', "/opt/\\x20"])
def test_what_systemd_would_read_otherwise_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="a unit file takes no"):
        parse_path(text, here=False)


def test_blanks_are_quoted_and_percent_signs_doubled() -> None:
    assert quoted("/opt/imds-sim") == "/opt/imds-sim"
    assert quoted("/opt/50 %i") == '"/opt/50 %%i"'


@pytest.mark.parametrize("part", ["command", "python", "base_prefix", "package"])
def test_a_program_that_needs_something_in_a_home_is_refused(tmp_path: Path, part: str) -> None:
    parts = {
        "command": Path("/bin/sh"), "python": Path("/bin/sh"),
        "base_prefix": Path("/usr"), "package": Path("/opt/imds-sim/lib"),
    }  # fmt: skip
    Program(**parts).check()
    hidden = tmp_path / "there"
    hidden.touch()
    with pytest.raises(NotOnThisMachine, match=rf"{hidden} is in /\S*tmp, .*install it elsewhere"):
        Program(**{**parts, part: hidden}).check()


def test_the_python_behind_the_links_of_a_virtual_environment_counts(tmp_path: Path) -> None:
    python = tmp_path / "python3"
    python.touch()
    environment = Path("/proc/self/root", *tmp_path.parts[1:], "python")
    Path(tmp_path, "python").symlink_to(python)
    assert hiding(environment) is None
    program = Program(Path("/bin/sh"), environment, Path("/usr"), Path("/opt"))
    with pytest.raises(NotOnThisMachine, match="its Python"):
        program.check()


def test_a_command_is_known_by_any_path_that_leads_to_it(tmp_path: Path) -> None:
    running = Program.running()
    link = tmp_path / "imds-sim"
    link.symlink_to(running.command)
    assert running.is_at(str(link))
    assert not running.is_at("/usr/bin/true")
