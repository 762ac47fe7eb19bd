"""The AWS CLI has no program of ours: a command for each STS operation."""

import json
import re

from tests.clients.conftest import identity
from tests.clients.matrix import AWS_CLI
from tests.daemons import Daemon

SESSION_POLICY = """{"Version": "2012-10-17", "Statement":
    {"Effect": "Allow", "Action": "sts:*", "Resource": "*"}}"""
TASK_POLICY = "arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials"

Outcome = tuple[str | None, str | None]  # the error code, or the answer


def command_line_outcomes(
    served: Daemon, environment: dict[str, str], arguments: tuple[str, str, str]
) -> dict[str, Outcome]:
    """What each operation came to; `arguments` are those of the programs."""
    role, policy, message = arguments
    restricted = [
        "--policy", SESSION_POLICY, "--policy-arns", f"arn={policy}",
        "--tags", "Key=project,Value=blue", "--duration-seconds", "900",
    ]  # fmt: skip
    calls = {
        "AssumeRole": [
            "assume-role", "--role-arn", role, "--role-session-name", "operations",
            "--transitive-tag-keys", "project", "--source-identity", "alice",
            "--external-id", "open", *restricted,
        ],
        "GetSessionToken": ["get-session-token", "--duration-seconds", "900"],
        "GetFederationToken": ["get-federation-token", "--name", "bob", *restricted],
        "AssumeRoot": [
            "assume-root", "--target-principal", "444455556666",
            "--task-policy-arn", f"arn={TASK_POLICY}", "--duration-seconds", "900",
        ],
        "GetAccessKeyInfo": ["get-access-key-info", "--access-key-id", "ASIAY34FZKBOKMUTVV7A"],
        "DecodeAuthorizationMessage": [
            "decode-authorization-message", "--encoded-message", message,
        ],
    }  # fmt: skip
    return {name: _outcome(served, environment, argv) for name, argv in calls.items()}


def _outcome(served: Daemon, environment: dict[str, str], argv: list[str]) -> Outcome:
    sts = (*AWS_CLI, "--output", "json", "sts")
    done = served.run(*sts, *argv, environment=environment, check=False)
    if done.returncode:
        refused = re.search(r"\((\w+)\) when calling", done.stderr)
        assert refused, done.stderr
        return refused[1], None
    answer = json.loads(done.stdout)
    if (minted := answer.get("Credentials")) is None:
        return None, answer.get("Account") or answer["DecodedMessage"]
    theirs = environment | {
        "AWS_ACCESS_KEY_ID": minted["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": minted["SecretAccessKey"],
        "AWS_SESSION_TOKEN": minted["SessionToken"],
    }
    who = served.run(*sts, "get-caller-identity", environment=theirs).stdout
    return None, identity(" ".join(who.split()))
