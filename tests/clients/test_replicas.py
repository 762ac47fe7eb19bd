"""Three daemons with one state key behind a TCP round-robin, which no SDK notices."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.clients.builds import PROGRAMS
from tests.clients.matrix import needs
from tests.daemons import BARE, Daemon, daemon
from tests.namespaces import Namespace, namespace

pytestmark = pytest.mark.slow  # four starts of a daemon, 108 requests

SESSIONS = 6
IMDS, STS = 1338, 1339  # of the round-robin
REPLICAS = (1, 2, 3)
# The daemons end each connection, so that the next request of a client reaches the next replica.
CONFIG = """
state_key_file: {key}
faults: ["conn:close-each"]
listen:
  imds: ["127.0.0.1:{number}1338"]
  sts: ["127.0.0.1:{number}1339"]
  ecs: []
  eks: []
  lambda: []
roles:
  web:
    policies:
      assume:
        Version: "2012-10-17"
        Statement: {{Effect: Allow, Action: "sts:AssumeRole", Resource: "*"}}
  other:
    trust:
      Version: "2012-10-17"
      Statement: {{Effect: Allow, Action: "sts:AssumeRole", Principal: {{AWS: "111122223333"}}}}
instances: {{web-1: {{role: web, id: i-0123456789abcdef0}}}}
"""
ENVIRONMENT = {
    "AWS_EC2_METADATA_SERVICE_ENDPOINT": f"http://127.0.0.1:{IMDS}",
    "AWS_ENDPOINT_URL_STS": f"http://127.0.0.1:{STS}",
    "AWS_DEFAULT_REGION": "us-east-1",
}
FLOW = [
    "PUT /latest/api/token",
    "GET /latest/meta-data/iam/security-credentials/",
    "GET /latest/meta-data/iam/security-credentials/web",
]
SEEN = [
    "arn:aws:sts::111122223333:assumed-role/other/round",
    "arn:aws:sts::111122223333:assumed-role/web/i-0123456789abcdef0",
]


@contextmanager
def program(alone: Namespace, *argv: str) -> Iterator["subprocess.Popen[str]"]:
    """A Python program of the namespace, with pipes; ended with the block."""
    process = subprocess.Popen(
        alone.command(sys.executable, *argv), env={**BARE, "HOME": "/nonexistent", **ENVIRONMENT},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    with process:
        try:
            yield process
        finally:
            process.kill()


def replica(alone: Namespace, folder: Path, number: int) -> AbstractContextManager[Daemon]:
    own = folder / str(number)
    own.mkdir(exist_ok=True)
    key = own / "state.key"
    key.write_text("0f" * 32)
    key.chmod(0o600)
    return daemon(own, CONFIG.format(key=key, number=number), alone)


def a_round(client: "subprocess.Popen[str]") -> list[str]:
    """Whom the SDK takes itself for, in a round of sessions."""
    assert client.stdin is not None
    assert client.stdout is not None
    client.stdin.write("go on\n")
    client.stdin.flush()
    return list(json.loads(client.stdout.readline() or "[]"))


def lines(entries: list[dict[str, Any]], surface: str) -> list[str]:
    return [f"{each['method']} {each['path']}" for each in entries if each["surface"] == surface]


def test_boto3_never_notices_who_answers_and_that_one_restarts(tmp_path: Path) -> None:
    needs("boto3")
    with ExitStack() as stack:
        alone = stack.enter_context(namespace())
        first, second, third = (
            stack.enter_context(replica(alone, tmp_path, number)) for number in REPLICAS
        )
        ways = (
            f"{port}={','.join(f'{number}{port}' for number in REPLICAS)}" for port in (IMDS, STS)
        )
        front = stack.enter_context(program(alone, str(PROGRAMS / "round_robin.py"), *ways))
        assert front.stdout is not None
        assert front.stdout.readline() == "listening\n"
        rounds = str(PROGRAMS / "boto3_rounds.py")
        client = stack.enter_context(program(alone, rounds, str(SESSIONS)))

        assert a_round(client) == SEEN
        journals = [each.journal() for each in (first, second, third)]
        # Of each flow the first has issued the token, the second listed, the third handed out.
        assert [lines(entries, "imds") for entries in journals] == [
            [step] * SESSIONS for step in FLOW
        ]
        assert [len(lines(entries, "sts")) for entries in journals] == [SESSIONS] * 3

        assert second.stop() == 0
        assert a_round(client) == SEEN
        again = stack.enter_context(replica(alone, tmp_path, 2))
        assert a_round(client) == SEEN

        journals = [journals[1], *(each.journal() for each in (first, again, third))]
        assert again.journal()
        answered = [entry for entries in journals for entry in entries]
        assert len(answered) == 3 * SESSIONS * 6
        assert {entry["status"] for entry in answered} == {200}
        assert all(entry["user_agent"].startswith("Boto3/") for entry in answered)
