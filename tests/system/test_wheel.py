"""The wheel, installed away from the checkout, is the whole program."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# What says how to reach a package index, and nothing about where we are.
ENVIRONMENT = {
    name: value
    for name, value in os.environ.items()
    if name == "PATH" or name.startswith(("PIP_", "SSL_", "UV_")) or "proxy" in name.lower()
}

pytestmark = pytest.mark.slow


def run(folder: Path, *argv: str | Path, **environment: str) -> str:
    """Run a command in `folder`; what it printed."""
    done = subprocess.run(
        [str(each) for each in argv], cwd=folder, capture_output=True, text=True,
        env={**ENVIRONMENT, "HOME": str(folder), **environment},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run(folder, sys.executable, "-m", "venv", "build")
    run(folder, "build/bin/pip", "wheel", "-q", "--no-deps", "-w", folder, ROOT)
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_is_the_whole_program(wheel: Path, tmp_path: Path) -> None:
    run(tmp_path, sys.executable, "-m", "venv", "fresh")
    run(tmp_path, "fresh/bin/pip", "install", "-q", wheel)
    program = "fresh/bin/imds-sim"
    assert run(tmp_path, program, "--version").startswith("imds-sim, version ")
    assert "Usage: imds-sim" in run(tmp_path, "fresh/bin/python", "-m", "imds_sim", "--help")
    assert "properties" in json.loads(run(tmp_path, program, "schema"))
    there = "/opt/x/bin/imds-sim"
    root = str(tmp_path / "root")
    arguments = ("--dry-run", "--program", there, "--root", root)
    assert "imds-sim.service" in run(tmp_path, program, "install-systemd", *arguments)
    run(tmp_path, program, "install-systemd", "--program", there, "--root", root)
    service = (tmp_path / "root/etc/systemd/system/imds-sim.service").read_text()
    assert f"ExecStart={there} serve" in service
    assert run(tmp_path, program, "man", "--section", "5").startswith(".TH ")
    assert "complete" in run(tmp_path, program, "completion", "bash")
    page = tmp_path / "report.html"
    run(tmp_path, program, "report", "--scenarios", "none", "--html", page, "--", "true")
    assert "</html>" in page.read_text()
    recorded = "from imds_sim.cli.reporting.recorded import tables; print(*tables())"
    assert "botocore" in run(tmp_path, "fresh/bin/python", "-c", recorded)
    where = "import imds_sim, pathlib; print(pathlib.Path(imds_sim.__file__).parent)"
    package = Path(run(tmp_path, "fresh/bin/python", "-c", where).strip())
    assert package.is_relative_to(tmp_path)
    assert (package / "py.typed").is_file()


@pytest.mark.parametrize(
    ("tool", "command"), [("uv", ("uv", "tool", "install")), ("pipx", ("pipx", "install"))]
)
def test_it_installs_as_a_tool(
    wheel: Path, tmp_path: Path, tool: str, command: tuple[str, ...]
) -> None:
    if shutil.which(tool) is None:
        pytest.skip(f"{tool} is not installed")
    places = {
        "UV_TOOL_DIR": str(tmp_path / "tools"),
        "UV_TOOL_BIN_DIR": str(tmp_path / "bin"),
        "PIPX_HOME": str(tmp_path / "pipx"),
        "PIPX_BIN_DIR": str(tmp_path / "bin"),
    }
    run(tmp_path, *command, "--python", sys.executable, wheel, **places)
    assert run(tmp_path, "bin/imds-sim", "--version").startswith("imds-sim, version ")
