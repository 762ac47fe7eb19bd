"""The README's pytest file, as a user would run it: boto3's static stability."""

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.daemons import BARE
from tests.namespaces import namespace

README = Path(__file__).parent.parent.parent / "README.md"
BOTH = 'faults=["cred:expired", "imds:500+3"]'
ONE = {"without_expired": 'faults=["imds:500+3"]', "without_500": 'faults=["cred:expired"]'}
# What the README says besides. The clock of the simulator is not the client's: boto3's is moved.
REFRESH = """
from datetime import timedelta

import boto3
import pytest
from botocore.exceptions import CredentialRetrievalError


@pytest.mark.imds_sim(faults=["imds:500+3"])
def test_a_refresh_that_fails_is_raised(imds_sim):
    sts = boto3.client("sts")
    sts.get_caller_identity()
    held = boto3.DEFAULT_SESSION.get_credentials()
    due = held._expiry_time - timedelta(minutes=12)  # before that boto3 may go on with what it has
    held._time_fetcher = lambda: due
    with pytest.raises(CredentialRetrievalError):
        sts.get_caller_identity()
    assert imds_sim.faults.list()[0].steps[0].hits > 0
"""


def example() -> str:
    return README.read_text().partition("<!-- pytest -->\n```python\n")[2].partition("```")[0]


@pytest.fixture(scope="module")
def failures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What a pytest of its own says of each file; nothing if it passed."""
    pytest.importorskip("boto3", reason="boto3 is not installed: pip install -e '.[clients]'")
    folder = tmp_path_factory.mktemp("readme")
    assert BOTH in example()
    files = {"test_whole": example(), "test_refresh": REFRESH}
    files |= {f"test_{name}": example().replace(BOTH, other) for name, other in ONE.items()}
    for name, text in files.items():
        (folder / f"{name}.py").write_text(text)
    with namespace() as inside:
        done = subprocess.run(
            inside.command(
                sys.executable, "-W", "ignore", "-m", "pytest", "-q", "-p", "no:cacheprovider",
                "--junit-xml=told.xml", *(f"{name}.py" for name in files),
            ),
            env={**BARE, "HOME": str(folder), "AWS_ACCESS_KEY_ID": "of-the-user"},
            cwd=folder, capture_output=True, text=True, timeout=120,
        )  # fmt: skip
    assert done.returncode in (0, 1), done.stdout + done.stderr
    told = {}
    for case in ElementTree.parse(folder / "told.xml").iter("testcase"):
        told[case.get("classname", "")] = "".join(each.get("message", "") for each in case)
    assert told.keys() == files.keys()
    return told


def test_the_readmes_pytest_file_passes(failures: dict[str, str]) -> None:
    assert failures["test_whole"] == ""


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("test_without_expired", "DID NOT RAISE ClientError"),
        ("test_without_500", "RefreshableCredentials"),  # which a new session then gets
    ],
)
def test_it_fails_without_either_of_its_faults(
    failures: dict[str, str], name: str, told: str
) -> None:
    assert told in failures[name]


def test_boto3_raises_where_a_refresh_is_due_and_fails(failures: dict[str, str]) -> None:
    assert failures["test_refresh"] == ""
