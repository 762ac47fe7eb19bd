"""The systemd units, judged by systemd's own tools."""

import shutil
import subprocess
from pathlib import Path

import pytest

from imds_sim.cli.system.units import UNITS, Plan, shipped

pytestmark = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed"
)
SOCKET_UNIT = shipped() / "imds-sim.service"
CAPABILITY_UNIT = shipped() / "capability" / "imds-sim.service"


@pytest.mark.parametrize("sockets", [True, False], ids=["with sockets", "with a capability"])
def test_the_units_verify_where_they_are_installed(tmp_path: Path, sockets: bool) -> None:
    program = tmp_path / "imds-sim"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    plan = Plan(str(program), sockets=sockets, addresses=["169.254.169.254/32"])
    names = []
    for path, text in plan.files():
        if path.startswith(f"{UNITS}/"):
            unit = tmp_path / Path(path).name
            unit.write_text(text)
            names.append(str(unit).replace("@.", "@169.254.169.254-32."))
    (tmp_path / "imds-sim-address@169.254.169.254-32.service").write_text(
        (tmp_path / "imds-sim-address@.service").read_text()
    )
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *names], capture_output=True, text=True
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("unit", "threshold", "status"),
    [
        pytest.param(SOCKET_UNIT, 2, 0, id="on sockets: 0.2"),
        pytest.param(SOCKET_UNIT, 1, 1, id="on sockets: not 0.1"),
        pytest.param(CAPABILITY_UNIT, 13, 0, id="with a capability: 1.3"),
        pytest.param(CAPABILITY_UNIT, 12, 1, id="with a capability: not 1.2"),
    ],
)
def test_a_service_is_exposed_by_no_more(unit: Path, threshold: int, status: int) -> None:
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", f"--threshold={threshold}", str(unit)],
        capture_output=True,
        text=True,
    )
    assert done.returncode == status, done.stdout
