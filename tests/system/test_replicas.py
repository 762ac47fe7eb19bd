"""Three daemons with one state key: what one issued the others accept."""

import http.client
import json
import sys
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.daemons import Daemon, daemon

pytestmark = pytest.mark.slow  # seven daemons, one after the other

CONFIG = """
state_key_file: {key}
listen: {{imds: ["127.0.0.1:0"], sts: ["127.0.0.1:0"], ecs: [], eks: [], lambda: []}}
roles: {{web: {{}}}}
instances: {{web-1: {{role: web}}}}
"""


def ask(replica: Daemon, method: str, path: str, headers: dict[str, str]) -> tuple[int, bytes]:
    url = urlsplit(replica.environment("web-1")["AWS_EC2_METADATA_SERVICE_ENDPOINT"])
    connection = http.client.HTTPConnection(url.hostname or "", url.port)
    try:
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def replicas(stack: ExitStack, folder: Path, keys: list[str]) -> list[Daemon]:
    started = []
    for number, key in enumerate(keys):
        own = folder / str(number)
        own.mkdir()
        file = own / "state.key"
        file.write_text(key)
        file.chmod(0o600)
        started.append(stack.enter_context(daemon(own, CONFIG.format(key=file))))
    return started


def statuses(started: list[Daemon]) -> list[int]:
    """What each answers to the token of the first."""
    ttl = {"X-aws-ec2-metadata-token-ttl-seconds": "60"}
    status, token = ask(started[0], "PUT", "/latest/api/token", ttl)
    assert status == 200
    header = {"X-aws-ec2-metadata-token": token.decode()}
    return [ask(each, "GET", "/latest/meta-data/instance-id", header)[0] for each in started]


def test_a_metadata_token_of_one_is_accepted_by_all(tmp_path: Path) -> None:
    with ExitStack() as stack:
        assert statuses(replicas(stack, tmp_path, ["0f" * 32] * 3)) == [200, 200, 200]


def test_with_another_key_it_is_refused(tmp_path: Path) -> None:
    with ExitStack() as stack:
        assert statuses(replicas(stack, tmp_path, ["0f" * 32, "1e" * 32])) == [200, 401]


def whoami(issuer: Daemon, verifier: Daemon) -> int:
    """How `whoami` ends with credentials of the one and the STS of the other."""
    ttl = {"X-aws-ec2-metadata-token-ttl-seconds": "60"}
    header = {"X-aws-ec2-metadata-token": ask(issuer, "PUT", "/latest/api/token", ttl)[1].decode()}
    path = "/latest/meta-data/iam/security-credentials/web"
    given = json.loads(ask(issuer, "GET", path, header)[1])
    environment = {
        "AWS_ACCESS_KEY_ID": given["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": given["SecretAccessKey"],
        "AWS_SESSION_TOKEN": given["Token"],
        "AWS_ENDPOINT_URL_STS": verifier.environment("web-1")["AWS_ENDPOINT_URL_STS"],
    }
    command = (sys.executable, "-m", "imds_sim", "whoami")
    return verifier.run(*command, environment=environment, check=False).returncode


def test_so_is_a_session_and_only_with_the_same_key(tmp_path: Path) -> None:
    with ExitStack() as stack:
        first, second, other = replicas(stack, tmp_path, ["0f" * 32, "0f" * 32, "1e" * 32])
        assert whoami(first, second) == 0
        assert whoami(first, other) != 0
