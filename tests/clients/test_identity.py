"""Unmodified SDKs get credentials and the STS accepts them: the client matrix."""

import pytest

from tests.clients.conftest import Asked, identity
from tests.clients.matrix import AWS_CLI, COMPILED, Client, client_for, each, needs
from tests.daemons import Daemon

ACCOUNT = "arn:aws:sts::111122223333:assumed-role"

# What all of them ask: boto3 1.44, AWS CLI 1.46, awscrt 0.38 and those that are pinned here.
THREE_REQUESTS = [
    "PUT /latest/api/token",
    "GET /latest/meta-data/iam/security-credentials/",
    "GET /latest/meta-data/iam/security-credentials/web",
]


CLIENTS = ["boto3", "aws-cli", "awscrt", "javascript-v3", *COMPILED]


@pytest.fixture(params=each(CLIENTS))
def client(request: pytest.FixtureRequest) -> Client:
    """A client that prints GetCallerIdentity as JSON."""
    return printing(request)


# The default chain of awscrt leaves web identity out, as long as it is given no TLS context.
@pytest.fixture(params=each(name for name in CLIENTS if name != "awscrt"))
def client_of_web_identity(request: pytest.FixtureRequest) -> Client:
    """One whose chain reads AWS_WEB_IDENTITY_TOKEN_FILE."""
    return printing(request)


def printing(request: pytest.FixtureRequest) -> Client:
    if request.param != "aws-cli":
        return client_for(request.param, "identity", request)
    needs("awscli")
    ask = ("sts", "get-caller-identity", "--query", "{Arn: Arn}", "--output", "json")
    return Client("aws-cli", (*AWS_CLI, *ask))


def arn_of(served: Daemon, client: Client, workload: str) -> str:
    environment = {**served.environment(workload), **client.environment}
    printed = served.run(*client.argv, environment=environment).stdout
    return identity(" ".join(printed.split()))


def test_an_instance_gets_its_credentials_from_the_metadata_service(
    served: Daemon, asked: Asked, client: Client
) -> None:
    assert arn_of(served, client, "web-1") == f"{ACCOUNT}/web/i-0123456789abcdef0"
    assert asked.lines("imds") == THREE_REQUESTS
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


def test_a_pod_gets_its_credentials_with_its_token_file(
    served: Daemon, asked: Asked, client: Client
) -> None:
    arn = arn_of(served, client, "api-7c9d8")
    assert arn.startswith(f"{ACCOUNT}/orders/eks-blue-green-api-7c9d8-")
    assert set(asked.lines("eks")) == {"GET /v1/credentials"}
    assert asked.lines("imds") == []
    assert asked.lines("sts") == ["POST /"]


def test_a_pod_with_irsa_assumes_its_role_itself(
    served: Daemon, asked: Asked, client_of_web_identity: Client
) -> None:
    assert arn_of(served, client_of_web_identity, "irsa-1").startswith(f"{ACCOUNT}/irsa/")
    assert asked.lines("imds") == asked.lines("eks") == []
    assert asked.lines("sts") == ["POST /", "POST /"]


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
