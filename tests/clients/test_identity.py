"""Unmodified SDKs get credentials and the STS accepts them: the client matrix."""

import importlib.util
import shutil
import sys
from pathlib import Path

import pytest

from tests.clients.conftest import Asked, identity
from tests.daemons import Daemon

PROGRAMS = Path(__file__).parent / "programs"
ACCOUNT = "arn:aws:sts::111122223333:assumed-role"


def needs(module: str) -> None:
    if importlib.util.find_spec(module) is None:
        pytest.skip(f"{module} is not installed (pip install -e '.[clients]')")


@pytest.fixture(params=["boto3", "aws-cli", "awscrt", "javascript-v3"])
def client(request: pytest.FixtureRequest) -> tuple[list[str], dict[str, str]]:
    """The command line of a client that prints GetCallerIdentity as JSON, and what it needs."""
    match request.param:
        case "boto3":
            needs("boto3")
            return [sys.executable, str(PROGRAMS / "boto3_identity.py")], {}
        case "aws-cli":
            needs("awscli")
            return [sys.executable, "-m", "awscli", "sts", "get-caller-identity",
                    "--query", "{Arn: Arn}", "--output", "json"], {}  # fmt: skip
        case "awscrt":
            needs("awscrt")
            return [sys.executable, str(PROGRAMS / "awscrt_identity.py")], {}
        case _:
            node = shutil.which("node")
            if node is None:
                pytest.skip("node is not installed")
            modules = request.getfixturevalue("javascript")
            return [node, str(PROGRAMS / "javascript_identity.cjs")], {"NODE_PATH": modules}


Client = tuple[list[str], dict[str, str]]


def arn_of(served: Daemon, client: Client, workload: str) -> str:
    argv, extra = client
    printed = served.run(*argv, environment={**served.environment(workload), **extra}).stdout
    return identity(" ".join(printed.split()))


def test_an_instance_gets_its_credentials_from_the_metadata_service(
    served: Daemon, asked: Asked, client: Client
) -> None:
    assert arn_of(served, client, "web-1") == f"{ACCOUNT}/web/i-0123456789abcdef0"
    paths = asked.lines("imds")
    assert "PUT /latest/api/token" in paths
    assert "GET /latest/meta-data/iam/security-credentials/web" in paths
    assert asked.lines("ecs") == []
    assert asked.lines("sts") == ["POST /"]


def test_a_task_gets_its_credentials_from_its_path(
    served: Daemon, asked: Asked, client: Client
) -> None:
    arn = arn_of(served, client, "api-1")
    assert arn.startswith(f"{ACCOUNT}/api/")
    [line] = set(asked.lines("ecs"))
    assert line.startswith("GET /v2/credentials/")
    assert asked.lines("imds") == []
    assert asked.lines("sts") == ["POST /"]


def test_a_snapstart_function_gets_its_credentials_with_its_token(
    served: Daemon, asked: Asked, client: Client
) -> None:
    assert arn_of(served, client, "resize-1") == f"{ACCOUNT}/resize/resize-1"
    assert set(asked.lines("lambda")) == {"GET /2021-04-23/credentials"}
    assert asked.lines("imds") == []
    assert asked.lines("sts") == ["POST /"]


def test_another_function_has_its_credentials_in_the_environment(
    served: Daemon, asked: Asked, client: Client
) -> None:
    assert arn_of(served, client, "plain-1") == f"{ACCOUNT}/resize/plain-1"
    assert asked.lines("imds") == []
    assert asked.lines("lambda") == []
    assert asked.lines("sts") == ["POST /"]
