"""Every SDK can call every STS operation that it knows, and understands what is refused."""

import json
from collections.abc import Iterator

import pytest

from imds_sim.iam.decision import Decision, DecisionEffect
from imds_sim.iam.principals import UserPrincipal
from imds_sim.kernel.clock import SystemClock
from imds_sim.kernel.entropy import SystemEntropy
from imds_sim.simulator.core import Core
from imds_sim.sts.signer import Signer
from tests.clients.command_line import Outcome, command_line_outcomes
from tests.clients.conftest import Asked
from tests.clients.matrix import AWS_CLI, COMPILED, Client, client_for, each, needs
from tests.daemons import Daemon, daemon
from tests.namespaces import namespace
from tests.worlds import ALICE, world_of

# The role asks for everything that the programs pass: what gets lost on the way is refused.
CONFIG = """
state_key_file: state.key
account: "111122223333"
accounts:
  "111122223333": {organization: {id: o-a1b2c3d4e5}}
  "444455556666": {organization: {id: o-a1b2c3d4e5}}
managed_policies:
  team: {Version: "2012-10-17", Statement: {Effect: Allow, Action: "sts:*", Resource: "*"}}
users:
  alice:
    policies:
      all: {Version: "2012-10-17", Statement: {Effect: Allow, Action: "sts:*", Resource: "*"}}
roles:
  target:
    trust:
      Version: "2012-10-17"
      Statement:
        - Effect: Allow
          Action: ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]
          Principal: {AWS: "arn:aws:iam::111122223333:user/alice"}
          Condition:
            StringEquals:
              "sts:ExternalId": open
              "sts:RoleSessionName": operations
              "sts:SourceIdentity": alice
              "aws:RequestTag/project": blue
            "ForAnyValue:StringEquals": {"sts:TransitiveTagKeys": project}
  web:
    policies:
      decode:
        Version: "2012-10-17"
        Statement: {Effect: Allow, Action: "sts:DecodeAuthorizationMessage", Resource: "*"}
instances:
  web-1: {role: web, id: i-0123456789abcdef0}
"""
ROLE = "arn:aws:iam::111122223333:role/target"
POLICY = "arn:aws:iam::111122223333:policy/team"
STATE_KEY = bytes(range(32))


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    folder = tmp_path_factory.mktemp("operations")
    (folder / "state.key").write_bytes(STATE_KEY)
    (folder / "state.key").chmod(0o600)
    with namespace() as alone, daemon(folder, CONFIG, alone) as running:
        yield running


@pytest.fixture(
    params=[
        *each(["boto3", "javascript-v3", *COMPILED]),
        pytest.param("aws-cli", marks=pytest.mark.slow),  # seventeen processes
    ]
)
def client(request: pytest.FixtureRequest) -> Client:
    """A client that calls every operation."""
    if request.param != "aws-cli":
        return client_for(request.param, "operations", request)
    needs("awscli")
    return Client("aws-cli", AWS_CLI)


def outcomes(served: Daemon, client: Client, who: str, message: str) -> dict[str, Outcome]:
    """What each operation came to for a workload or user, in the order of the calls."""
    environment = {**served.environment(who), **client.environment}
    if client.name == "aws-cli":
        return command_line_outcomes(served, environment, (ROLE, POLICY, message))
    printed = served.run(*client.argv, ROLE, POLICY, message, environment=environment).stdout
    lines = [json.loads(line) for line in printed.splitlines()]
    assert all(line["ok"] is (line["code"] is None) for line in lines)
    return {line["operation"]: (line["code"], line["answer"]) for line in lines}


def encoded_denial() -> str:
    """What a service that shares the state key puts into a denial, as EC2 does."""
    another = Core(world_of(), STATE_KEY, SystemClock(), SystemEntropy())
    denied = Decision(
        DecisionEffect.IMPLICIT_DENY,
        "ec2:RunInstances",
        "arn:aws:ec2:us-east-1:111122223333:instance/*",
        context={"aws:RequestTag/team": 'R&D <"ö">'},
    )
    return another.sts.encode_authorization_message(denied, Signer(UserPrincipal(ALICE)))


def test_a_user_may_call_every_operation(served: Daemon, asked: Asked, client: Client) -> None:
    came_to = outcomes(served, client, "user/alice", encoded_denial())
    code, decoded = came_to.pop("DecodeAuthorizationMessage")
    assert came_to == {
        "AssumeRole": (None, "arn:aws:sts::111122223333:assumed-role/target/operations"),
        "GetSessionToken": (None, "arn:aws:iam::111122223333:user/alice"),
        "GetFederationToken": (None, "arn:aws:sts::111122223333:federated-user/bob"),
        "AssumeRoot": (None, "arn:aws:sts::444455556666:assumed-root"),
        "GetAccessKeyInfo": (None, "609629065308"),
    }
    assert code is None
    assert decoded is not None
    context = json.loads(decoded)["context"]
    assert context["action"] == "ec2:RunInstances"
    assert context["conditions"]["items"] == [
        {"key": "aws:RequestTag/team", "values": {"items": [{"value": 'R&D <"ö">'}]}}
    ]
    assert asked.lines("sts") == ["POST /"] * 10  # six, and a GetCallerIdentity for each new key


def test_an_instance_is_told_what_a_role_session_may_not_do(
    served: Daemon, asked: Asked, client: Client
) -> None:
    assert outcomes(served, client, "web-1", encoded_denial()[:-1]) == {
        "AssumeRole": ("AccessDenied", None),
        "GetSessionToken": ("AccessDenied", None),
        "GetFederationToken": ("AccessDenied", None),
        "AssumeRoot": ("AccessDenied", None),
        "GetAccessKeyInfo": ("AccessDenied", None),
        "DecodeAuthorizationMessage": ("InvalidAuthorizationMessageException", None),
    }
    assert asked.lines("sts") == ["POST /"] * 6
