"""Every SDK gets a role's credentials by relative and by full URI, and goes nowhere else."""

from collections.abc import Iterator

import pytest

from tests.clients.conftest import Asked, identity
from tests.clients.matrix import AWS_CLI, COMPILED, Client, client_for, each, needs
from tests.clients.test_identity import ACCOUNT
from tests.daemons import Daemon, daemon
from tests.namespaces import LINK_LOCAL, namespace

CONFIG = """
account: "111122223333"
seed: full URIs
listen:
  ecs: ["169.254.170.2:80"]
  generic: ["127.0.0.1:1343"]
roles: {web: {}, api: {}, pull: {}, device: {}}
instances: {web-1: {role: web, id: i-0123456789abcdef0}}
tasks: {api-1: {role: api, execution_role: pull}}
endpoints:
  /token: {role: device}
  /file: {role: device, authorization_token_file: token}
  /2016-11-01/credentialprovider/: {role: device, dialect: greengrass}
  /latest/meta-data/container/security-credentials: {role: device, dialect: cloudshell}
  /vault: {role: device, dialect: aws_vault}
"""
TOKEN = "AWS_CONTAINER_AUTHORIZATION_TOKEN"
FULL_URI = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
ENDPOINTS = [
    "/token",
    "/file",
    "/2016-11-01/credentialprovider/",
    "/latest/meta-data/container/security-credentials",
    "/vault",
]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    folder = tmp_path_factory.mktemp("uris")
    (folder / "token").write_text("from-a-file")
    with namespace(LINK_LOCAL) as alone, daemon(folder, CONFIG, alone) as running:
        yield running


@pytest.fixture(params=each(["boto3", "aws-cli", "awscrt", "javascript-v3", *COMPILED]))
def client(request: pytest.FixtureRequest) -> Client:
    """A client that prints GetCallerIdentity as JSON."""
    if request.param != "aws-cli":
        return client_for(request.param, "identity", request)
    needs("awscli")
    ask = ("sts", "get-caller-identity", "--query", "{Arn: Arn}", "--output", "json")
    return Client("aws-cli", (*AWS_CLI, *ask))


def arn_of(served: Daemon, client: Client, environment: dict[str, str]) -> str:
    printed = served.run(*client.argv, environment={**environment, **client.environment}).stdout
    return identity(" ".join(printed.split()))


def test_a_task_gets_its_credentials_by_relative_uri_at_the_address_of_ecs(
    served: Daemon, asked: Asked, client: Client
) -> None:
    environment = served.environment("api-1")
    path = environment["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"]
    assert FULL_URI not in environment
    assert arn_of(served, client, environment).startswith(f"{ACCOUNT}/api/")
    assert set(asked.lines("ecs")) == {f"GET {path}"}
    assert asked.lines("imds") == []
    assert asked.lines("sts") == ["POST /"]


@pytest.mark.parametrize("path", ENDPOINTS)
def test_a_program_gets_its_credentials_by_full_uri_and_token(
    served: Daemon, asked: Asked, client: Client, path: str
) -> None:
    environment = served.environment(path)
    assert environment[FULL_URI] == f"http://127.0.0.1:1343{path}"
    own = f"{TOKEN}_FILE" if path == "/file" else TOKEN
    assert [name for name in environment if name.startswith(TOKEN)] == [own]
    assert arn_of(served, client, environment).startswith(f"{ACCOUNT}/device/")
    assert set(asked.lines("generic")) == {f"GET {path}"}
    assert asked.lines("imds") == []


# The SDK for Java v2 alone tries the next provider of its chain; seen with the version pinned in
# programs/java/pom.xml.
GOES_ON = {"java-v2"}


@pytest.mark.parametrize("path", ["/token", "/nowhere"])
def test_a_full_uri_that_fails_does_not_lead_to_the_instance(
    served: Daemon, asked: Asked, client: Client, path: str
) -> None:
    environment = served.environment("/token") | {
        FULL_URI: f"http://127.0.0.1:1343{path}",
        TOKEN: "wrong",
    }
    done = served.run(*client.argv, environment={**environment, **client.environment}, check=False)
    refused = asked.lines("generic")
    assert refused
    assert set(refused) == {f"GET {path}"}
    if client.name in GOES_ON:
        assert done.returncode == 0
        assert asked.lines("imds")
    else:
        assert done.returncode != 0
        assert asked.lines("imds") == []
        assert asked.lines("sts") == []
