"""On the addresses of AWS, port 80, clients need no setting at all."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients.builds import PROGRAMS
from tests.clients.conftest import identity
from tests.clients.matrix import Client, each, needs
from tests.clients.test_identity import ACCOUNT, CLIENTS, printing
from tests.daemons import Daemon, daemon
from tests.namespaces import LINK_LOCAL, namespace

CONFIG = """
listen:
  imds: ["169.254.169.254:80"]
  ecs: ["169.254.170.2:80"]
  eks: ["169.254.170.23:80", "[fd00:ec2::23]:80"]
roles: {web: {}, api: {}, orders: {}}
instances: {web-1: {role: web, id: i-0123456789abcdef0}}
tasks: {api-1: {role: api}}
pods: {orders-1: {role: orders}}
"""
STS = {"AWS_ENDPOINT_URL_STS": "http://127.0.0.1:1339", "AWS_DEFAULT_REGION": "us-east-1"}


@pytest.fixture(
    scope="module", params=[None, True], ids=["as who runs the tests", "in a user namespace"]
)
def served(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Daemon]:
    with (
        namespace(LINK_LOCAL, user_namespace=request.param) as alone,
        daemon(tmp_path_factory.mktemp("addresses"), CONFIG, alone) as running,
    ):
        yield running


@pytest.fixture(params=each(CLIENTS))
def client(request: pytest.FixtureRequest) -> Client:
    """A client that prints GetCallerIdentity as JSON."""
    return printing(request)


def test_curl_walks_the_token_flow_on_the_link_local_address(
    served: Daemon, tmp_path: Path
) -> None:
    base = "http://169.254.169.254/latest"
    curl = ("curl", "-s", "--max-time", "5")
    ttl = "X-aws-ec2-metadata-token-ttl-seconds: 60"
    metadata_token = served.run(*curl, "-X", "PUT", f"{base}/api/token", "-H", ttl).stdout
    proof = f"X-aws-ec2-metadata-token: {metadata_token}"
    instance_id = served.run(*curl, f"{base}/meta-data/instance-id", "-H", proof).stdout
    assert instance_id == "i-0123456789abcdef0"


def test_boto3_finds_an_instances_credentials_without_endpoint_setting(served: Daemon) -> None:
    needs("boto3")
    program = str(PROGRAMS / "boto3_identity.py")
    before = len(served.journal())
    printed = served.run(sys.executable, program, environment=STS).stdout
    assert identity(printed) == f"{ACCOUNT}/web/i-0123456789abcdef0"
    asked = [entry["path"] for entry in served.journal()[before:] if entry["surface"] == "imds"]
    assert "/latest/meta-data/iam/security-credentials/web" in asked


def test_boto3_finds_a_tasks_credentials_by_relative_uri(served: Daemon) -> None:
    needs("boto3")
    environment = served.environment("api-1")
    assert environment["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"].startswith("/v2/credentials/")
    program = str(PROGRAMS / "boto3_identity.py")
    printed = served.run(sys.executable, program, environment=environment).stdout
    assert identity(printed).startswith(f"{ACCOUNT}/api/")


@pytest.mark.parametrize("host", ["169.254.170.23", "[fd00:ec2::23]"])
def test_every_sdk_finds_a_pods_credentials_at_the_addresses_of_the_agent(
    served: Daemon, client: Client, host: str
) -> None:
    environment = {**served.environment("orders-1"), **client.environment}
    uri = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
    assert environment[uri] == "http://169.254.170.23/v1/credentials"
    environment[uri] = f"http://{host}/v1/credentials"
    if client.name == "java-v2" and host.startswith("["):
        environment["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"] = "IPv6"  # else it wants IPv4
    before = len(served.journal())
    printed = served.run(*client.argv, environment=environment).stdout
    arn = identity(" ".join(printed.split()))
    assert arn.startswith(f"{ACCOUNT}/orders/eks-default-orders-1-")
    assert "eks" in [entry["surface"] for entry in served.journal()[before:]]
