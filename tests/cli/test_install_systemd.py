from pathlib import Path

import pytest

from imds_sim.cli.system.units import PAGE_MARK, SOCKETS
from tests.cli.conftest import Invoke

PROGRAM = "/srv/imds/bin/imds-sim"
UNITS = "etc/systemd/system"


def install(invoke: Invoke, root: Path, *arguments: str) -> list[str]:
    """Install below `root`; the files that are there then."""
    result = invoke("install-systemd", "--root", str(root), "--program", PROGRAM, *arguments)
    assert result.exit_code == 0, result.stderr
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def test_the_service_its_sockets_and_addresses_are_installed_with_the_right_paths(
    invoke: Invoke, tmp_path: Path
) -> None:
    files = install(invoke, tmp_path)
    assert {f"{UNITS}/{name}" for name in (*SOCKETS.values(), "imds-sim.service")} <= set(files)
    assert f"{UNITS}/imds-sim-address@.service" in files
    assert "etc/imds-sim/config.yaml" in files
    service = (tmp_path / UNITS / "imds-sim.service").read_text()
    assert f"ExecStart={PROGRAM} serve --last-good --config /etc/imds-sim/config.yaml" in service
    assert "/opt/imds-sim" not in service


def test_the_variant_with_a_capability_needs_no_sockets(invoke: Invoke, tmp_path: Path) -> None:
    files = install(invoke, tmp_path, "--capability", "--address", "none")
    assert not [name for name in files if name.endswith((".socket", "address@.service"))]
    service = (tmp_path / UNITS / "imds-sim.service").read_text()
    assert "AmbientCapabilities=CAP_NET_BIND_SERVICE" in service


def test_a_dry_run_says_all_and_does_nothing(invoke: Invoke, tmp_path: Path) -> None:
    root = str(tmp_path)
    result = invoke("install-systemd", "--root", root, "--program", PROGRAM, "--dry-run")
    assert f"write {tmp_path}/{UNITS}/imds-sim.service" in result.stdout
    assert list(tmp_path.iterdir()) == []


def test_uninstalling_leaves_the_configuration_alone(invoke: Invoke, tmp_path: Path) -> None:
    install(invoke, tmp_path)
    kept = tmp_path / "etc/systemd/system/other.service"
    kept.write_text("[Unit]\n")
    assert invoke("uninstall-systemd", "--root", str(tmp_path)).exit_code == 0
    left = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file())
    assert left == ["etc/imds-sim/config.yaml", f"{UNITS}/other.service"]
    again = invoke("uninstall-systemd", "--root", str(tmp_path))
    assert again.stdout == "nothing of imds-sim is installed\n"


@pytest.mark.parametrize("dry_run", [True, False], ids=["in a dry run", "for real"])
def test_a_unit_of_somebody_else_is_refused_before_anything_is_written(
    invoke: Invoke, tmp_path: Path, dry_run: bool
) -> None:
    theirs = tmp_path / UNITS / "imds-sim-sts.socket"
    theirs.parent.mkdir(parents=True)
    theirs.write_text("[Socket]\n")
    result = invoke(
        "install-systemd", "--root", str(tmp_path), "--program", PROGRAM,
        *(["--dry-run"] if dry_run else []),
    )  # fmt: skip
    assert result.exit_code == 69
    assert result.stderr == f"imds-sim: {theirs} is not ours; remove it, or install by hand\n"
    assert result.stdout == ""
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [theirs]
    assert theirs.read_text() == "[Socket]\n"


def test_a_choice_of_sockets_makes_no_sense_without_sockets(invoke: Invoke, tmp_path: Path) -> None:
    result = invoke("install-systemd", "--root", str(tmp_path), "--capability", "--surface", "ecs")
    assert result.exit_code == 2
    assert "--surface chooses socket units, and --capability has none" in result.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("option", ["--config", "--program"])
@pytest.mark.parametrize(
    ("path", "told"),
    [
        pytest.param("etc/imds-sim", "is not absolute", id="relative"),
        pytest.param("/home/alice/imds-sim", "is in /home", id="in a home"),
        pytest.param("/opt/it's", "takes no quote", id="with a quote"),
    ],
)
def test_a_path_that_no_unit_can_name_is_wrong_usage(
    invoke: Invoke, tmp_path: Path, option: str, path: str, told: str
) -> None:
    arguments = {"--program": PROGRAM, option: path}
    words = [word for pair in arguments.items() for word in pair]
    result = invoke("install-systemd", "--root", str(tmp_path), *words)
    assert result.exit_code == 2
    assert option in result.stderr
    assert told in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_program_that_is_not_there_is_not_installed_on_this_machine(invoke: Invoke) -> None:
    result = invoke(
        "install-systemd", "--program", "/opt/nowhere/imds-sim", "--address", "none", "--dry-run"
    )
    assert result.exit_code == 2
    assert "/opt/nowhere/imds-sim is not there" in result.stderr


def test_the_pages_that_the_units_name_are_installed_and_taken_away(
    invoke: Invoke, tmp_path: Path
) -> None:
    files = install(invoke, tmp_path)
    pages = ["usr/local/share/man/man5/imds-sim.yaml.5", "usr/local/share/man/man8/imds-sim.8"]
    assert [name for name in files if "/man/" in name] == pages
    for section, page in zip("58", pages, strict=True):
        printed = invoke("man", "--section", section).stdout
        assert (tmp_path / page).read_text() == PAGE_MARK + printed
    assert invoke("uninstall-systemd", "--root", str(tmp_path)).exit_code == 0
    assert not [page for page in pages if (tmp_path / page).exists()]
