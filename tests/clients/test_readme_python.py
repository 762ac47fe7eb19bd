"""The README's Python example, as a user would run it whose shell knows the real AWS."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.daemons import BARE
from tests.namespaces import namespace

README = Path(__file__).parent.parent.parent / "README.md"
REAL = {
    "AWS_ACCESS_KEY_ID": "of-the-user",
    "AWS_PROFILE": "prod",
    "AWS_EC2_METADATA_DISABLED": "true",
    "HTTP_PROXY": "http://127.0.0.1:9",
    "http_proxy": "http://127.0.0.1:9",
}
BOTO = "[Credentials]\naws_access_key_id = of-the-user\naws_secret_access_key = secret\n"


def example() -> str:
    return README.read_text().partition("<!-- python -->\n```python\n")[2].partition("```")[0]


def run(folder: Path, program: str, **environ: str) -> subprocess.CompletedProcess[str]:
    (folder / ".boto").write_text(BOTO)
    with namespace() as inside:
        return subprocess.run(
            inside.command(sys.executable, "-W", "ignore", "-c", program),
            env={**BARE, "HOME": str(folder), **environ},
            cwd=folder, capture_output=True, text=True, timeout=120,
        )  # fmt: skip


@pytest.fixture(autouse=True)
def _boto3() -> None:
    pytest.importorskip("boto3", reason="boto3 is not installed: pip install -e '.[clients]'")


def test_the_readmes_python_example_holds_whatever_the_shell_knows(tmp_path: Path) -> None:
    assert "sim.journal" in example()
    done = run(tmp_path, example(), **REAL)
    assert done.returncode == 0, done.stderr


def test_variables_alone_hide_the_files_of_the_user_and_pass_proxies_by(tmp_path: Path) -> None:
    entered, updated = "sim, sim.patched_environ('web-1'):", "sim:\n    import os\n"
    updated += "    os.environ.update(sim.environment('web-1'))"
    program = example().replace('"web-1")', "'web-1')").replace(entered, updated)
    assert "os.environ.update" in program
    proxies = {name: value for name, value in REAL.items() if name.lower() == "http_proxy"}
    done = run(tmp_path, program, **proxies)
    assert done.returncode == 0, done.stderr
