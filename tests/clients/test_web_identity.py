"""Federation with real clients: tokens of ours and of another library, every refusal, IRSA."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jwt
import pytest

from tests.clients.conftest import Asked, identity
from tests.clients.matrix import AWS_CLI, COMPILED, Client, client_for, each, needs
from tests.daemons import Daemon, daemon
from tests.namespaces import namespace
from tests.sts.federation.tokens import KEYS, OTHER_RSA, raw_token, signed_token

CLUSTER = "oidc.eks.us-east-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B716D3041E"
POD = "system:serviceaccount:shop:cart"
FOREIGN = "https://idp.example.com/realm"
AUD = "sts.amazonaws.com"
CONFIG = f"""
account: "111122223333"
oidc_providers:
  "https://{CLUSTER}": {{built_in: true, name: cluster}}
  "https://token.actions.githubusercontent.com": {{built_in: true, name: github}}
  "{FOREIGN}": {{jwks_file: keys.json, accounts: ["111122223333", "444455556666"]}}
  "https://down.example.com": {{built_in: true, name: down, reachable: false}}
accounts:
  "111122223333": {{outbound_web_identity_federation: true}}
  "444455556666": {{sts_active: false}}
users:
  alice:
    policies:
      all: {{Version: "2012-10-17", Statement: {{Effect: Allow, Action: "sts:*", Resource: "*"}}}}
  bob: {{}}
roles:
  pod:
    trust:
      Version: "2012-10-17"
      Statement:
        Effect: Allow
        Principal: {{Federated: "arn:aws:iam::111122223333:oidc-provider/{CLUSTER}"}}
        Action: sts:AssumeRoleWithWebIdentity
        Condition:
          StringEquals: {{"{CLUSTER}:sub": "{POD}", "{CLUSTER}:aud": {AUD}}}
  workflow:
    trust:
      Version: "2012-10-17"
      Statement:
        Effect: Allow
        Principal:
          Federated: arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com
        Action: sts:AssumeRoleWithWebIdentity
        Condition:
          StringEquals: {{"token.actions.githubusercontent.com:aud": {AUD}}}
          StringLike: {{"token.actions.githubusercontent.com:sub": "repo:octo-org/octo-repo:*"}}
  anyone: &anyone
    trust:
      Version: "2012-10-17"
      Statement:
        Effect: Allow
        Principal:
          Federated:
            - arn:aws:iam::111122223333:oidc-provider/idp.example.com/realm
            - arn:aws:iam::444455556666:oidc-provider/idp.example.com/realm
            - arn:aws:iam::111122223333:oidc-provider/down.example.com
        Action: ["sts:AssumeRoleWithWebIdentity", "sts:TagSession"]
  elsewhere:
    <<: *anyone
    account: "444455556666"
"""
ROLE = "arn:aws:iam::111122223333:role"
WHO = ("sts", "get-caller-identity", "--query", "{Arn: Arn}", "--output", "json")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    folder = tmp_path_factory.mktemp("web-identity")
    (folder / "keys.json").write_text(KEYS)
    with namespace() as alone, daemon(folder, CONFIG, alone) as running:
        yield running


def minted(served: Daemon, issuer: str, *arguments: str) -> str:
    """What `oidc-token` prints, with its newline: so a shell writes it into a file."""
    return served.imds_sim("oidc-token", "--issuer", issuer, *arguments).stdout


def bare(served: Daemon, **more: str) -> dict[str, str]:
    """An environment that knows the endpoint and nobody's credentials."""
    [endpoint] = served.ready["sts"]
    return {
        "AWS_ENDPOINT_URL_STS": endpoint,
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        **more,
    }


def in_a_pod(served: Daemon, folder: Path, subject: str = POD) -> dict[str, str]:
    """What the webhook of IRSA puts into a pod."""
    token = folder / "token"
    token.write_text(
        minted(served, "cluster", "--shape", "kubernetes", "--claim", f"sub={subject}")
    )
    return bare(
        served,
        AWS_ROLE_ARN=f"{ROLE}/pod",
        AWS_WEB_IDENTITY_TOKEN_FILE=str(token),
        AWS_ROLE_SESSION_NAME="cart",
    )


@pytest.fixture(params=[*each(["boto3", "javascript-v3", *COMPILED]), "aws-cli"])
def client(request: pytest.FixtureRequest) -> Client:
    """awscrt is not among them: its provider takes AWS_ENDPOINT_URL_STS for a host name."""
    if request.param != "aws-cli":
        return client_for(request.param, "identity", request)
    needs("awscli")
    return Client("aws-cli", (*AWS_CLI, *WHO))


def test_a_token_file_and_a_role_are_all_that_a_pod_needs(
    served: Daemon, asked: Asked, client: Client, tmp_path: Path
) -> None:
    environment = {**in_a_pod(served, tmp_path), **client.environment}
    printed = served.run(*client.argv, environment=environment).stdout
    arn = identity(" ".join(printed.split()) if client.name == "aws-cli" else printed)
    assert arn == "arn:aws:sts::111122223333:assumed-role/pod/cart"
    assert asked.lines("sts") == ["POST /"] * 2  # AssumeRoleWithWebIdentity, GetCallerIdentity


def test_a_pod_of_another_account_is_refused(
    served: Daemon, asked: Asked, client: Client, tmp_path: Path
) -> None:
    environment = in_a_pod(served, tmp_path, "system:serviceaccount:shop:till")
    refused = served.run(
        *client.argv, environment={**environment, **client.environment}, check=False
    )
    assert refused.returncode
    assert "Not authorized to perform sts:AssumeRoleWithWebIdentity" in refused.stderr
    assert asked.lines("sts")


@pytest.mark.parametrize("name", ["boto3", "aws-cli"])
def test_a_profile_names_its_token_file(
    served: Daemon, asked: Asked, tmp_path: Path, name: str, request: pytest.FixtureRequest
) -> None:
    needs({"aws-cli": "awscli"}.get(name, name))
    token = tmp_path / "token"
    token.write_text(minted(served, "github", "--shape", "github"))
    (tmp_path / "config").write_text(
        f"[profile ci]\nrole_arn = {ROLE}/workflow\nweb_identity_token_file = {token}\n"
        "role_session_name = ci\n"
    )
    environment = bare(
        served, AWS_PROFILE="ci", AWS_CONFIG_FILE=str(tmp_path / "config"), HOME=str(tmp_path)
    )
    argv = (*AWS_CLI, *WHO) if name == "aws-cli" else client_for(name, "identity", request).argv
    printed = served.run(*argv, environment=environment).stdout
    assert identity(" ".join(printed.split())).endswith(":assumed-role/workflow/ci")
    assert asked.lines("sts") == ["POST /"] * 2


class Calls:
    """Calls through boto3, each with a name."""

    def __init__(self, served: Daemon, request: pytest.FixtureRequest) -> None:
        self._served = served
        self._argv = client_for("boto3", "calls", request).argv

    def come_to(
        self, folder: Path, calls: dict[str, tuple[str, dict[str, Any]]], who: str | None = None
    ) -> dict[str, Any]:
        (folder / "calls.json").write_text(json.dumps(calls))
        environment = bare(self._served)
        if who is not None:
            environment = self._served.environment(who)
        done = self._served.run(*self._argv, str(folder / "calls.json"), environment=environment)
        return dict(json.loads(done.stdout))


@pytest.fixture
def boto3_calls(served: Daemon, request: pytest.FixtureRequest) -> Calls:
    needs("boto3")
    return Calls(served, request)


def foreign(lifetime: int = 3600, **claims: object) -> dict[str, object]:
    """Claims of the foreign provider; the daemon's time is the machine's."""
    now = int(time.time())  # noqa: TID251 - a provider has a clock of its own
    issued = now - 7200 if lifetime < 0 else now
    return {
        "iss": FOREIGN,
        "sub": "jane",
        "aud": AUD,
        "iat": issued,
        "exp": now + lifetime,
        **claims,
    }


def test_every_refusal_of_assume_role_with_web_identity_reaches_boto3(
    served: Daemon, asked: Asked, boto3_calls: Calls, tmp_path: Path
) -> None:
    good = signed_token(foreign())
    down = minted(served, "down", "--claim", "sub=jane").strip()
    policy = {
        "Version": "2012-10-17",
        "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"},
    }
    arns = [{"arn": f"arn:aws:iam::aws:policy/{'x' * 190}{n}"} for n in range(10)]
    role = {"RoleArn": f"{ROLE}/anyone", "RoleSessionName": "jane"}
    tags = {"https://aws.amazon.com/tags": {"principal_tags": {"a": ["1"], "A": ["2"]}}}
    variants: dict[str, dict[str, Any]] = {
        "good": {},
        "again": {},
        "restricted": {"Policy": json.dumps(policy), "DurationSeconds": 900},
        "ValidationError": {"DurationSeconds": 43201},
        "MalformedInput": {"DurationSeconds": 1 << 31},
        "ExpiredTokenException": {"WebIdentityToken": signed_token(foreign(-301))},
        "IDPCommunicationError": {"WebIdentityToken": down},
        "IDPRejectedClaim": {"ProviderId": "graph.facebook.com"},
        "InvalidIdentityToken": {"WebIdentityToken": raw_token({"alg": "none"}, foreign())},
        "InvalidIdentityToken, signature": {"WebIdentityToken": signed_token(foreign(), OTHER_RSA)},
        "InvalidIdentityToken, audience": {"WebIdentityToken": signed_token(foreign(aud="x"))},
        "InvalidIdentityToken, issuer": {
            "WebIdentityToken": signed_token(foreign(iss=f"{FOREIGN}/"))
        },
        "InvalidParameterValue": {"WebIdentityToken": signed_token({**foreign(), **tags})},
        "MalformedPolicyDocument": {"Policy": "{}"},
        "PackedPolicyTooLarge": {"PolicyArns": arns},
        "AccessDenied": {"RoleArn": f"{ROLE}/pod"},
        "RegionDisabledException": {"RoleArn": "arn:aws:iam::444455556666:role/elsewhere"},
    }
    calls = {
        name: (
            "assume_role_with_web_identity",
            {**role, "WebIdentityToken": good, **variant},
        )
        for name, variant in variants.items()
    }
    came_to = boto3_calls.come_to(tmp_path, calls)
    answers = [came_to.pop(name) for name in ("good", "again", "restricted")]
    assert came_to == {name: name.partition(",")[0] for name in came_to}
    for answer in answers:
        assert answer["Provider"].endswith(":oidc-provider/idp.example.com/realm")
        assert (answer["SubjectFromWebIdentityToken"], answer["Audience"]) == ("jane", AUD)
    assert len({answer["Credentials"]["AccessKeyId"] for answer in answers}) == 3
    assert [answer.get("PackedPolicySize") is None for answer in answers] == [True, True, False]
    # A provider that cannot be reached is asked for again: the SDK tries once more.
    assert asked.lines("sts") == ["POST /"] * (len(variants) + 1)


def test_outbound_tokens_and_every_refusal_of_them_reach_boto3(
    served: Daemon, asked: Asked, boto3_calls: Calls, tmp_path: Path
) -> None:
    ask = {"Audience": ["https://api.example.com"], "SigningAlgorithm": "ES384"}
    tags = [{"Key": f"{n:03}{'k' * 120}", "Value": "v" * 256} for n in range(50)]
    variants: dict[str, dict[str, Any]] = {
        "good": {"Tags": [{"Key": "job", "Value": "7"}]},
        "ValidationError": {"SigningAlgorithm": "HS256"},
        "JWTPayloadSizeExceededException": {"Tags": tags},
    }
    calls = {name: ("get_web_identity_token", {**ask, **each}) for name, each in variants.items()}
    came_to = boto3_calls.come_to(tmp_path, calls, "user/alice")
    token = came_to.pop("good")["WebIdentityToken"]
    assert came_to == {name: name for name in came_to}
    name = jwt.decode(token, options={"verify_signature": False})["iss"][8:44]
    [endpoint] = served.ready["sts"]
    published = served.run("curl", "-fsS", f"{endpoint}/oidc/{name}/keys").stdout
    key = jwt.PyJWKSet.from_dict(json.loads(published))["EC384_0"]
    claims = jwt.decode(token, key, ["ES384"], audience="https://api.example.com")
    assert claims["sub"] == "arn:aws:iam::111122223333:user/alice"
    assert claims["https://sts.amazonaws.com/"]["request_tags"] == {"job": "7"}
    refused = boto3_calls.come_to(tmp_path, {"no": ("get_web_identity_token", ask)}, "user/bob")
    assert refused == {"no": "AccessDenied"}
    assert asked.lines("sts") == ["POST /"] * 3 + [f"GET /oidc/{name}/keys"] + ["POST /"]


OUTBOUND = """
users:
  alice:
    policies:
      all: {Version: "2012-10-17", Statement: {Effect: Allow, Action: "sts:*", Resource: "*"}}
accounts: {"111122223333": {outbound_web_identity_federation: false}}
roles:
  short:
    policies:
      all: {Version: "2012-10-17", Statement: {Effect: Allow, Action: "sts:*", Resource: "*"}}
instances:
  web-1: {role: short, lifetime: 45m}
credentials: {refresh_every: 5m}
"""


def test_an_account_that_issues_no_tokens_says_so_and_a_session_cannot_outlive_itself(
    boto3_calls: Calls, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    ask = {"Audience": ["us"], "SigningAlgorithm": "RS256", "DurationSeconds": 3600}
    calls = {"token": ("get_web_identity_token", ask)}
    with namespace() as alone, daemon(tmp_path, OUTBOUND, alone) as off:
        mine = Calls(off, request)
        told = mine.come_to(tmp_path, calls, "user/alice")
        assert told == {"token": "OutboundWebIdentityFederationDisabledException"}
        (tmp_path / "config.yaml").write_text(OUTBOUND.replace("false}", "true}"))
        off.imds_sim("reload")
        told = mine.come_to(tmp_path, calls, "web-1")
        assert told == {"token": "SessionDurationEscalationException"}
        assert [entry["status"] for entry in off.journal() if entry["surface"] == "sts"] == [
            403
        ] * 2


def test_nothing_secret_is_journalled_or_logged(
    served: Daemon, asked: Asked, tmp_path: Path
) -> None:
    token = minted(served, "github", "--shape", "github").strip()
    [endpoint] = served.ready["sts"]
    query = f"Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn={ROLE}/workflow"
    url = f"{endpoint}/?{query}&RoleSessionName=ci&WebIdentityToken={token}"
    assert "<AccessKeyId>ASIA" in served.run("curl", "-fsS", url).stdout
    [line] = asked.lines("sts")
    assert line == f"GET /?{query}&RoleSessionName=ci&WebIdentityToken=***"
    for kept in (json.dumps(served.journal()), served.log()):
        assert token[-40:] not in kept
