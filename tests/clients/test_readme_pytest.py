"""The README's pytest file, as a user would run it: boto3's static stability."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.daemons import BARE
from tests.namespaces import namespace

README = Path(__file__).parent.parent.parent / "README.md"


def test_the_readmes_pytest_file_passes_and_its_client_made_requests(tmp_path: Path) -> None:
    pytest.importorskip("boto3", reason="boto3 is not installed: pip install -e '.[clients]'")
    text = README.read_text().partition("<!-- pytest -->\n```python\n")[2].partition("```")[0]
    assert "imds_sim.expect" in text
    file = tmp_path / "test_it.py"
    file.write_text(text + "    assert len(imds_sim.journal) == 5\n")
    with namespace() as inside:
        done = subprocess.run(
            inside.command(
                sys.executable, "-W", "ignore", "-m", "pytest", "-q", "-p", "no:cacheprovider",
                str(file),
            ),
            env={**BARE, "HOME": str(tmp_path), "AWS_ACCESS_KEY_ID": "of-the-user"},
            cwd=tmp_path, capture_output=True, text=True, timeout=120,
        )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout
