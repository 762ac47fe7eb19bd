"""Faults of a running simulator, on sockets: what a client's machine sees."""

import http.client
import socket
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any
from urllib.parse import urlsplit

import pytest

from imds_sim import Simulator
from imds_sim.config.load import parse_config
from imds_sim.faults.errors import FaultInvalid, FaultUnknown
from imds_sim.kernel.exchange import Surface
from imds_sim.workloads.resolve import WorkloadUnknown
from tests.waiting import PATIENCE
from tests.wire.conftest import received

CONFIG = """
seed: 7
roles: {web: {}, api: {}}
instances: {web-1: {role: web}, web-2: {role: web}}
tasks: {api-1: {role: api, credentials_id: 16105516-51c7-41a2-ad8a-ba7411f309a0}}
"""
PUT = (
    b"PUT /latest/api/token HTTP/1.1\r\nHost: x\r\n"
    b"X-aws-ec2-metadata-token-ttl-seconds: 60\r\nConnection: keep-alive\r\n\r\n"
)
GET = b"GET /v2/credentials/16105516-51c7-41a2-ad8a-ba7411f309a0 HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with Simulator.start(parse_config(CONFIG)) as running:
        yield running


@pytest.fixture(autouse=True)
def _calm(simulator: Simulator) -> None:
    simulator.reset()


def connect(url: str | None) -> socket.socket:
    place = urlsplit(url or "")
    return socket.create_connection((place.hostname or "", place.port or 0), timeout=PATIENCE)


def instance(simulator: Simulator, name: str = "web-1") -> socket.socket:
    return connect(simulator.environment(name)["AWS_EC2_METADATA_SERVICE_ENDPOINT"])


def ecs(simulator: Simulator) -> socket.socket:
    return connect(simulator.endpoints.first(Surface.ECS))


def test_a_refusal_is_what_the_surface_would_write(simulator: Simulator) -> None:
    simulator.faults.add("token:403*1")
    with instance(simulator) as client:
        client.sendall(PUT)
        answer = client.recv(65536)
        assert answer.startswith(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nContent-Type: ")
        client.sendall(PUT)
        assert client.recv(65536).startswith(b"HTTP/1.1 200 OK\r\n")
    assert [(e.status, e.fault) for e in simulator.journal] == [(403, "token:403*1"), (200, None)]


@pytest.mark.parametrize("fault", ["token:reset", "imds:unreachable", "conn:refuse"])
def test_on_a_listener_of_its_own_a_refused_client_is_reset(
    simulator: Simulator, fault: str
) -> None:
    simulator.faults.add(fault)
    with instance(simulator) as client:
        client.sendall(PUT)
        with pytest.raises(ConnectionResetError):
            client.recv(65536)
    assert [entry.status for entry in simulator.journal] == [0]


@pytest.mark.parametrize("fault", ["conn:refuse", "conn:hang", "conn:drop"])
def test_on_a_shared_listener_it_hears_nothing_while_others_are_served(
    simulator: Simulator, fault: str
) -> None:
    number = simulator.faults.add(fault + "*1")
    with ecs(simulator) as silent:
        silent.sendall(GET)
        while not list(simulator.journal):  # the request is taken
            pass
        assert simulator.faults.list()[0].is_spent
        with ecs(simulator) as other:
            other.sendall(GET)
            assert other.recv(65536).startswith(b"HTTP/1.1 200 OK")
        silent.setblocking(False)
        with pytest.raises(BlockingIOError):
            silent.recv(1)
    assert simulator.faults.clear(number) == 1


def test_a_cut_reply_promises_more_than_it_has(simulator: Simulator) -> None:
    simulator.faults.add("ecs:truncate")
    with ecs(simulator) as client:
        client.sendall(GET)
        answer = http.client.HTTPResponse(client)
        answer.begin()
        with pytest.raises(http.client.IncompleteRead):
            answer.read()


def test_chunks_and_http10_are_understood(simulator: Simulator) -> None:
    for fault, version in (("ecs:chunked", 11), ("ecs:http10", 10)):
        simulator.faults.clear()
        simulator.faults.add(fault)
        with ecs(simulator) as client:
            client.sendall(GET)
            answer = http.client.HTTPResponse(client)
            answer.begin()
            assert (answer.version, answer.read()[:12]) == (version, b'{"RoleArn":"')
            assert bool(answer.headers["Transfer-Encoding"]) == (version == 11)


def test_an_unannounced_end_follows_a_whole_reply(simulator: Simulator) -> None:
    simulator.faults.add("ecs:half-close")
    with ecs(simulator) as client:
        client.sendall(GET)
        answer = received(client)
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"Connection:" not in answer


def test_a_late_reply_comes(simulator: Simulator) -> None:
    simulator.faults.add("ecs:delay=10ms&ecs:drip=10ms")
    with ecs(simulator) as client:
        client.sendall(GET.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        assert received(client).startswith(b"HTTP/1.1 200 OK")


@pytest.mark.parametrize(
    ("surface", "client", "answers"),
    [
        ("ecs", None, [b"HTTP/1.1 200", b"HTTP/1.1 503"]),
        ("imds", None, [b"HTTP/1.1 503", b"HTTP/1.1 200"]),
        (None, "127.0.0.0/8", [b"HTTP/1.1 503", b"HTTP/1.1 503"]),
        (None, "10.0.0.0/8", [b"HTTP/1.1 200", b"HTTP/1.1 200"]),
        ("ecs", "::1", [b"HTTP/1.1 200", b"HTTP/1.1 200"]),
    ],
)
def test_a_fault_is_for_one_surface_or_for_some_clients(
    simulator: Simulator, surface: str | None, client: str | None, answers: list[bytes]
) -> None:
    simulator.faults.add("outage:503", surface=surface, client=client)
    with instance(simulator) as one, ecs(simulator) as other:
        one.sendall(PUT)
        other.sendall(GET)
        assert [one.recv(12), other.recv(12)] == answers


def test_a_fault_is_for_one_workload(simulator: Simulator) -> None:
    simulator.faults.add("token:500", as_="web-2")
    answers = []
    for name in ("web-1", "web-2"):
        with instance(simulator, name) as client:
            client.sendall(PUT)
            answers.append(client.recv(12))
    assert answers == [b"HTTP/1.1 200", b"HTTP/1.1 500"]


CHANCY = """
roles: {web: {}, api: {}}
instances: {web-1: {role: web}}
tasks: {api-1: {role: api, credentials_id: 16105516-51c7-41a2-ad8a-ba7411f309a0}}
faults: ["token:403~0.3", "cred:rotate~0.4&conn:delay=1ms~0.2", "ecs:503~0.3", "role:404~0.2"]
weather: {level: rough}
"""
OF_A_RUN = ("time", "duration", "expires_at", "local_port")


def one_after_the_other(seed: int) -> list[dict[str, Any]]:
    """What a sequential client finds in the journal, but for what no two runs have in common."""
    with Simulator.start(parse_config(f"seed: {seed}{CHANCY}")) as simulator:
        for _ in range(20):
            with instance(simulator) as client:
                client.sendall(PUT.replace(b"keep-alive", b"close"))
                answer = http.client.HTTPResponse(client)
                answer.begin()
                metadata_token = answer.read().decode()
            for path in ("", "web", "web-renamed"):
                with instance(simulator) as client:
                    target = f"/latest/meta-data/iam/security-credentials/{path}"
                    head = f"GET {target} HTTP/1.1\r\nHost: x\r\n"
                    token = f"X-aws-ec2-metadata-token: {metadata_token}\r\n\r\n"
                    client.sendall((head + token).encode())
                    received(client)
            with ecs(simulator) as client:
                client.sendall(GET.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
                received(client)
        entries = [asdict(entry) for entry in simulator.journal]
    return [{k: v for k, v in each.items() if k not in OF_A_RUN} for each in entries]


def test_a_seed_repeats_the_chance_of_faults_and_weather_and_another_does_not() -> None:
    first, second, other = (one_after_the_other(seed) for seed in (7, 7, 8))
    assert first == second
    assert len({entry["fault"] for entry in first}) > 5
    assert [entry["fault"] for entry in first] != [entry["fault"] for entry in other]


def test_faults_are_listed_counted_and_cleared(simulator: Simulator) -> None:
    first = simulator.faults.add("token:503*2", client="127.0.0.0/8", surface="imds")
    simulator.faults.add("cred:stale")
    with instance(simulator) as client:
        client.sendall(PUT)
        client.recv(65536)
    armed = simulator.faults.list()
    assert [str(each.scenario) for each in armed] == ["token:503*2", "cred:stale"]
    assert [armed[0].steps[0].hits, armed[1].steps[0].hits] == [1, 0]
    assert simulator.faults.clear(first) == 1
    assert simulator.faults.clear() == 1
    assert simulator.faults.list() == []


def test_what_cannot_be_armed_says_why(simulator: Simulator) -> None:
    with pytest.raises(FaultInvalid, match=r"did you mean token:403\?"):
        simulator.faults.add("tokn:403")
    with pytest.raises(WorkloadUnknown):
        simulator.faults.add("token:403", as_="web-9")
    with pytest.raises(FaultInvalid, match="sts:500 hits on sts only, and requests are known as"):
        simulator.faults.add("sts:500", as_="web-1")
    with pytest.raises(FaultInvalid, match="token:503 hits on imds only, never on ecs"):
        simulator.faults.add("token:503", surface="ecs")
    with pytest.raises(FaultUnknown):
        simulator.faults.clear(999)
    with pytest.raises(ValueError, match="admin"):
        simulator.faults.add("token:403", surface="admin")
    with pytest.raises(ValueError, match=r"10\.0\.0"):
        simulator.faults.add("token:403", client="10.0.0")


def test_the_clock_stands_still_and_speeds_up(simulator: Simulator) -> None:
    simulator.clock.freeze()
    moment = simulator.clock.now()
    assert simulator.clock.now() == moment
    simulator.clock.speed(86_400)
    while simulator.clock.now() == moment:
        pass
    simulator.clock.reset()
    assert simulator.core.clock.rate == 1
