"""Profiles that assume a role, from keys, an instance, a task and with MFA."""

import hmac
import sys
import time
from base64 import b32decode
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients.builds import PROGRAMS
from tests.clients.conftest import Asked, identity
from tests.clients.matrix import AWS_CLI, Client, client_for, needs
from tests.daemons import Daemon, daemon
from tests.namespaces import namespace

SEED = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
TARGET = "arn:aws:sts::111122223333:assumed-role/target"
CONFIG = f"""
account: "111122223333"
users:
  alice:
    mfa_devices:  # a code works once: each client has a device
      - {{serial: "arn:aws:iam::111122223333:mfa/boto3", seed: {SEED}}}
      - {{serial: "arn:aws:iam::111122223333:mfa/aws-cli", seed: {SEED}}}
roles:
  web: {{}}
  api: {{}}
  target:
    trust:
      Version: "2012-10-17"
      Statement:
        - Effect: Allow
          Action: sts:AssumeRole
          Principal:
            AWS:
              - arn:aws:iam::111122223333:user/alice
              - arn:aws:iam::111122223333:role/web
              - arn:aws:iam::111122223333:role/api
          Condition: {{StringEquals: {{"sts:ExternalId": open}}}}
  guarded:
    trust:
      Version: "2012-10-17"
      Statement:
        - Effect: Allow
          Action: sts:AssumeRole
          Principal: {{AWS: "arn:aws:iam::111122223333:user/alice"}}
          Condition: {{Bool: {{"aws:MultiFactorAuthPresent": "true"}}}}
instances:
  web-1: {{role: web, id: i-0123456789abcdef0}}
tasks:
  api-1: {{role: api}}
"""
PROFILES = """
[profile from-keys]
role_arn = arn:aws:iam::111122223333:role/target
source_profile = alice
external_id = open
role_session_name = keys

[profile from-instance]
role_arn = arn:aws:iam::111122223333:role/target
credential_source = Ec2InstanceMetadata
external_id = open
role_session_name = instance

[profile from-task]
role_arn = arn:aws:iam::111122223333:role/target
credential_source = EcsContainer
external_id = open
role_session_name = task

[profile without-external-id]
role_arn = arn:aws:iam::111122223333:role/target
source_profile = alice

[profile mfa-boto3]
role_arn = arn:aws:iam::111122223333:role/guarded
source_profile = alice
mfa_serial = arn:aws:iam::111122223333:mfa/boto3
role_session_name = boto3

[profile mfa-aws-cli]
role_arn = arn:aws:iam::111122223333:role/guarded
source_profile = alice
mfa_serial = arn:aws:iam::111122223333:mfa/aws-cli
role_session_name = aws-cli

[profile alice]
"""
WHO = ("sts", "get-caller-identity", "--query", "{Arn: Arn}", "--output", "json")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    with (
        namespace() as alone,
        daemon(tmp_path_factory.mktemp("profiles"), CONFIG, alone) as running,
    ):
        keys = running.environment("user/alice")
        (running.folder / "profiles").write_text(PROFILES)
        (running.folder / "keys").write_text(
            f"[alice]\naws_access_key_id = {keys['AWS_ACCESS_KEY_ID']}\n"
            f"aws_secret_access_key = {keys['AWS_SECRET_ACCESS_KEY']}\n"
        )
        yield running


@pytest.fixture(params=["boto3", "aws-cli"])
def client(request: pytest.FixtureRequest) -> Client:
    if request.param == "boto3":
        return client_for("boto3", "identity", request)
    needs("awscli")
    return Client("aws-cli", (*AWS_CLI, *WHO))


def with_profile(served: Daemon, profile: str, workload: str, home: Path) -> dict[str, str]:
    """The environment of a workload and a profile; keys come from the profile alone.

    The CLI keeps the credentials of a role that it assumed under HOME, and asks for no second code.
    """
    own = served.environment(workload)
    keys = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
    return {name: value for name, value in own.items() if name not in keys} | {
        "HOME": str(home),
        "AWS_PROFILE": profile,
        "AWS_CONFIG_FILE": str(served.folder / "profiles"),
        "AWS_SHARED_CREDENTIALS_FILE": str(served.folder / "keys"),
    }


def one_time_code() -> str:
    """What the device shows now: RFC 6238, 30 seconds, 6 digits."""
    step = int(time.time()) // 30  # noqa: TID251 - a device has a clock of its own
    digest = hmac.digest(b32decode(SEED), step.to_bytes(8, "big"), "sha1")
    offset = digest[-1] & 15
    return f"{(int.from_bytes(digest[offset : offset + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06}"


@pytest.mark.parametrize(
    ("profile", "workload", "surface"),
    [
        pytest.param("from-keys", "user/alice", None, id="source_profile"),
        pytest.param("from-instance", "web-1", "imds", id="Ec2InstanceMetadata"),
        pytest.param("from-task", "api-1", "ecs", id="EcsContainer"),
    ],
)
def test_a_profile_assumes_its_role_with_the_credentials_of_its_source(
    served: Daemon,
    asked: Asked,
    client: Client,
    tmp_path: Path,
    profile: str,
    workload: str,
    surface: str | None,
) -> None:
    environment = with_profile(served, profile, workload, tmp_path)
    arn = identity(" ".join(served.run(*client.argv, environment=environment).stdout.split()))
    assert arn == f"{TARGET}/{profile.removeprefix('from-')}"
    assert asked.lines("sts") == ["POST /"] * 2  # AssumeRole, GetCallerIdentity
    assert {each for each in ("imds", "ecs") if asked.lines(each)} == {surface} - {None}


def test_a_profile_without_the_external_id_is_refused(
    served: Daemon, asked: Asked, client: Client, tmp_path: Path
) -> None:
    environment = with_profile(served, "without-external-id", "user/alice", tmp_path)
    refused = served.run(*client.argv, environment=environment, check=False)
    assert refused.returncode
    assert "(AccessDenied) when calling the AssumeRole operation" in refused.stderr
    assert asked.lines("sts") == ["POST /"]


def asking_for_the_code(client: Client, code: str) -> tuple[str, ...]:
    """The command line of a client that is given `code` when it asks.

    The CLI asks the terminal, or without one its standard input.
    """
    if client.name == "boto3":
        return (sys.executable, str(PROGRAMS / "boto3_mfa.py"), code)
    return ("setsid", "--wait", "sh", "-c", 'echo "$0" | "$@"', code, *client.argv)


def test_a_profile_with_an_mfa_serial_assumes_its_role_with_a_code_of_the_device_once(
    served: Daemon, asked: Asked, client: Client, tmp_path: Path
) -> None:
    argv = asking_for_the_code(client, one_time_code())
    environment = with_profile(served, f"mfa-{client.name}", "user/alice", tmp_path)
    arn = identity(" ".join(served.run(*argv, environment=environment).stdout.split()))
    assert arn == f"arn:aws:sts::111122223333:assumed-role/guarded/{client.name}"
    assert asked.lines("sts") == ["POST /"] * 2
    elsewhere = {**environment, "HOME": str(tmp_path / "elsewhere")}
    again = served.run(*argv, environment=elsewhere, check=False)
    assert "MultiFactorAuthentication failed with invalid MFA one time pass code" in again.stderr
    assert asked.lines("sts") == ["POST /"] * 3


def test_a_profile_with_an_mfa_serial_is_refused_with_a_wrong_code(
    served: Daemon, asked: Asked, client: Client, tmp_path: Path
) -> None:
    wrong = "000000" if one_time_code() != "000000" else "111111"
    environment = with_profile(served, f"mfa-{client.name}", "user/alice", tmp_path)
    argv = asking_for_the_code(client, wrong)
    refused = served.run(*argv, environment=environment, check=False)
    assert "MultiFactorAuthentication failed with invalid MFA one time pass code" in refused.stderr
    assert asked.lines("sts") == ["POST /"]
