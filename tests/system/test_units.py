"""The systemd units, judged by systemd's own tools."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from imds_sim.cli.manual.pages import FILES
from imds_sim.cli.system.units import SERVICE, SOCKETS, TEMPLATE, UNITS, Plan, escaped, shipped

pytestmark = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed"
)
SOCKET_UNIT = shipped() / "imds-sim.service"
CAPABILITY_UNIT = shipped() / "capability" / "imds-sim.service"


README = (Path(__file__).parents[2] / "README.md").read_text()
PAGES = {name: f".TH imds-sim {name[-1]}\n" for name in FILES.values()}


@pytest.mark.parametrize("addresses", [["169.254.169.254/32"], []], ids=["addresses", "none"])
@pytest.mark.parametrize(
    "chosen",
    [
        *(pytest.param({"surfaces": [each]}, id=f"on the socket {each}") for each in SOCKETS),
        pytest.param({}, id="on all sockets"),
        pytest.param({"sockets": False}, id="with a capability"),
    ],
)
def test_the_units_verify_where_they_are_installed(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    chosen: dict[str, Any],
    addresses: list[str],
) -> None:
    program = tmp_path / "imds sim"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    plan = Plan(str(program), addresses=addresses, pages=PAGES, **chosen)
    for path, text in plan.files():
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    units = tmp_path / UNITS
    if addresses:
        instance = units / f"imds-sim-address@{escaped(addresses[0])}.service"
        instance.write_text((units / TEMPLATE).read_text())
    monkeypatch.setenv("MANPATH", str(tmp_path / "usr/local/share/man"))
    man = "--man=yes" if shutil.which("man") else "--man=no"
    installed = [path for path in units.iterdir() if path.is_file() and path.name != TEMPLATE]
    done = subprocess.run(
        ["systemd-analyze", "verify", man, *installed], capture_output=True, text=True
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_systemd_takes_the_drop_in_that_the_readme_shows(tmp_path: Path) -> None:
    [shown] = re.findall(r"^```ini\n(\[Socket\]\n.*?)^```", README, re.MULTILINE | re.DOTALL)
    files = dict(Plan("/bin/sh").files())
    for path in (SERVICE, *SOCKETS.values()):
        (tmp_path / path).write_text(files[f"{UNITS}/{path}"])
    folder = tmp_path / "imds-sim.socket.d"
    folder.mkdir()
    (folder / "override.conf").write_text(shown)
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", tmp_path / "imds-sim.socket"],
        capture_output=True,
        text=True,
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
