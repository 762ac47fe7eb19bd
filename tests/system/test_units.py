"""The systemd unit, judged by systemd's own tools."""

import shutil
import subprocess
from pathlib import Path

import pytest

UNIT = Path(__file__).parent.parent.parent / "systemd" / "imds-sim.service"

pytestmark = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed"
)


def test_the_service_unit_verifies_where_it_is_installed(tmp_path: Path) -> None:
    program = tmp_path / "imds-sim"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    unit = tmp_path / "imds-sim.service"
    unit.write_text(UNIT.read_text().replace("/opt/imds-sim/bin/imds-sim", str(program)))
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(unit)], capture_output=True, text=True
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@pytest.mark.parametrize(("threshold", "status"), [(13, 0), (12, 1)])
def test_the_service_unit_is_exposed_by_1_3_and_no_less(threshold: int, status: int) -> None:
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", f"--threshold={threshold}", str(UNIT)],
        capture_output=True,
        text=True,
    )
    assert done.returncode == status, done.stdout
