from pathlib import Path

import pytest

from imds_sim.cli.system.units import MARK, SOCKETS, Plan, escaped, shipped
from imds_sim.cli.system.units import PROGRAM as SHIPPED
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


def test_a_unit_of_somebody_else_is_not_overwritten(invoke: Invoke, tmp_path: Path) -> None:
    theirs = tmp_path / UNITS / "imds-sim.service"
    theirs.parent.mkdir(parents=True)
    theirs.write_text("[Service]\n")
    result = invoke("install-systemd", "--root", str(tmp_path), "--program", PROGRAM)
    assert result.exit_code == 69
    assert "is not ours" in result.stderr
    assert theirs.read_text() == "[Service]\n"


@pytest.mark.parametrize(("version", "has_drop_in"), [(252, False), (253, True)])
def test_from_253_on_systemd_waits_for_the_reload_itself(version: int, has_drop_in: bool) -> None:
    files = dict(Plan(PROGRAM, version=version).files())
    assert (f"{UNITS}/imds-sim.service.d/notify-reload.conf" in files) is has_drop_in


def test_instances_of_the_template_are_named_as_systemd_escapes_them() -> None:
    assert escaped("169.254.169.254/32") == "169.254.169.254-32"
    assert escaped("fd00:ec2::254/128") == "fd00:ec2::254-128"


def test_a_capability_unit_enables_no_socket() -> None:
    plan = Plan(PROGRAM, sockets=False, addresses=["169.254.169.254/32"])
    assert plan.enabled() == [
        "imds-sim-address@169.254.169.254-32.service",
        "imds-sim-addresses.target",
        "imds-sim.service",
    ]


def test_every_shipped_text_belongs_to_a_plan() -> None:
    installed = {
        text.removeprefix(MARK)
        for sockets in (True, False)
        for _, text in Plan(
            SHIPPED, sockets=sockets, addresses=["fd00:ec2::23/128"], version=255
        ).files()
    }
    texts = {path.read_text() for path in shipped().rglob("*") if path.is_file()}
    assert len(texts) > 5
    assert texts == installed
