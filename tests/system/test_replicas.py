"""Three daemons with one state key: what one issued the others accept."""

import http.client
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

from tests.daemons import Daemon, daemon

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
