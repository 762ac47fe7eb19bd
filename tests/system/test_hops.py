"""The hop limit on real packets: a client behind a router, the daemon at the real addresses."""

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.daemons import Daemon, daemon
from tests.namespaces import missing, two_hops

pytestmark = pytest.mark.slow  # what never arrives is waited for

CONFIG = """
listen: {imds: ["169.254.169.254:80", "[fd00:ec2::254]:80"], sts: [], ecs: [], lambda: []}
instances:
  web-1: {metadata_options: {http_tokens: optional, http_put_response_hop_limit: 1,
                             http_protocol_ipv6: enabled}}
"""

# Waits for the answers that it is told to expect, then whether more come: longer than three
# retransmissions take (0.2, 0.6 and 1.4 s after the answer).
CLIENT = """
import json, socket, sys
expected = json.loads(sys.argv[2])
keep = b"Host: x\\r\\nConnection: keep-alive\\r\\n"
get = b"GET /latest/meta-data/ami-launch-index HTTP/1.1\\r\\n" + keep + b"\\r\\n"
ttl = b"X-aws-ec2-metadata-token-ttl-seconds: 60\\r\\n\\r\\n"
put = b"PUT /latest/api/token HTTP/1.1\\r\\n" + keep + ttl

def ask(name, request):
    with socket.create_connection((sys.argv[1], 80), timeout=60) as connection:
        connection.sendall(request)
        answer = b""
        try:
            while True:
                connection.settimeout(60 if answer.count(b" 200 OK") < expected[name] else 2)
                if not (piece := connection.recv(4096)):
                    break
                answer += piece
        except TimeoutError:
            pass
        return answer.count(b" 200 OK")

requests = {"get": get, "put": put, "put then get": put + get}
print(json.dumps({name: ask(name, request) for name, request in requests.items()}))
"""
ALL = {"get": 1, "put": 1, "put then get": 2}
NO_TOKEN = {"get": 1, "put": 0, "put then get": 0}
# A socket of the namespace that this runs in, handed to who started it.
LISTEN = """
import socket, sys
host, back = sys.argv[1], socket.socket(fileno=int(sys.argv[2]))
family = socket.AF_INET6 if ":" in host else socket.AF_INET
with socket.create_server((host, 80), family=family) as listening:
    socket.send_fds(back, [b"x"], [listening.fileno()])
"""
FAR = ("ip", "netns", "exec", "cli")
NEAR = ("ip", "netns", "exec", "rtr")


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    if reason := missing():
        pytest.skip(reason)
    folder: Path = tmp_path_factory.mktemp("hops")
    with two_hops() as network, daemon(folder, CONFIG, network) as started:
        yield started


def assert_answered(expected: dict[str, int], running: Daemon, address: str, *where: str) -> None:
    """Each kind of connection brings a client that many answers."""
    argv = (sys.executable, "-c", CLIENT, address, json.dumps(expected))
    assert json.loads(running.run(*where, *argv, timeout=300).stdout) == expected


@pytest.fixture(params=["169.254.169.254", "fd00:ec2::254"])
def address(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_a_limit_of_one_ends_at_the_router_retransmissions_too(
    running: Daemon, address: str
) -> None:
    running.imds_sim("options", "web-1", "--http-put-response-hop-limit", "1")
    assert_answered(NO_TOKEN, running, address, *FAR)


def test_a_limit_of_one_reaches_whoever_is_one_link_away(running: Daemon, address: str) -> None:
    running.imds_sim("options", "web-1", "--http-put-response-hop-limit", "1")
    for where in ((), NEAR):
        assert_answered(ALL, running, address, *where)


def test_a_limit_of_two_passes_the_router(running: Daemon, address: str) -> None:
    running.imds_sim("options", "web-1", "--http-put-response-hop-limit", "2")
    assert_answered(ALL, running, address, *FAR)


@pytest.mark.parametrize(("where", "hops"), [(FAR, 1), (NEAR, 0), ((), 0)])
def test_clients_are_shown_with_the_routers_on_their_way(
    running: Daemon, address: str, where: tuple[str, ...], hops: int
) -> None:
    running.imds_sim("reset")
    assert_answered(NO_TOKEN if hops else ALL, running, address, *where)
    [client] = json.loads(running.imds_sim("clients", "--json").stdout)["clients"]
    assert client["hops"] == hops
    assert client["tokens_lost"] == 2 * hops  # one of each connection with a PUT
    assert client["out_of_reach"] == (
        [{"instance": "web-1", "hop_limit": 1, "needed": 2}] if hops else []
    )
    assert {entry["hops"] for entry in running.journal()} == {hops}


def test_the_remedy_that_clients_shows_brings_the_token(running: Daemon, address: str) -> None:
    running.imds_sim("reset")
    assert_answered(NO_TOKEN, running, address, *FAR)
    shown = running.imds_sim("clients").stdout
    [line] = [each for each in shown.splitlines() if "no metadata token" in each]
    assert line in running.imds_sim("doctor", check=False).stdout
    remedy = line.split('"')[1].removeprefix("imds-sim ").split()
    running.imds_sim(*remedy)
    assert_answered(ALL, running, address, *FAR)
    assert "no metadata token" not in running.imds_sim("clients").stdout


def test_a_neighbour_is_virtually_a_hop_away_and_shown_with_what_it_needs(
    running: Daemon, address: str
) -> None:
    try:
        (running.folder / "config.yaml").write_text(CONFIG + "hop_limit: {mode: virtual}\n")
        running.imds_sim("reload")
        running.imds_sim("reset")
        assert_answered(ALL, running, address)
        assert_answered(NO_TOKEN, running, address, *NEAR)
        shown = json.loads(running.imds_sim("clients", "--json").stdout)["clients"]
    finally:
        (running.folder / "config.yaml").write_text(CONFIG)
        running.imds_sim("reload")
    near, here = shown
    assert (near["hops"], here["hops"]) == (0, 0)
    assert near["out_of_reach"] == [{"instance": "web-1", "hop_limit": 1, "needed": 2}]
    assert (near["tokens_lost"], here["tokens_lost"], here["out_of_reach"]) == (2, 0, [])


@pytest.mark.parametrize("host", ["10.77.1.1", "fd77:1::1"])
def test_clients_on_an_inherited_socket_are_as_far_away(
    running: Daemon, tmp_path: Path, host: str
) -> None:
    here, there = socket.socketpair()
    with here, there:
        argv = running.inside(sys.executable, "-c", LISTEN, host, str(there.fileno()))
        subprocess.run(argv, pass_fds=[there.fileno()], check=True, timeout=60)
        _, [descriptor], _, _ = socket.recv_fds(here, 1, 1)
    with (
        socket.socket(fileno=descriptor) as held,
        daemon(tmp_path, CONFIG, running.namespace, inherited=[("imds", held)]) as second,
    ):
        second.imds_sim("options", "web-1", "--http-put-response-hop-limit", "2")
        for where, hops in ((FAR, 1), (NEAR, 0)):
            assert_answered(ALL, second, host, *where)
            newest = json.loads(second.imds_sim("clients", "--json").stdout)["clients"][0]
            assert newest["hops"] == hops


def test_a_closed_ipv6_endpoint_gives_no_answer_and_ipv4_is_as_before(running: Daemon) -> None:
    running.imds_sim("options", "web-1", "--http-protocol-ipv6", "disabled")
    argv = (sys.executable, "-c", CLIENT, "fd00:ec2::254", json.dumps(ALL))
    done = running.run(*argv, check=False)
    assert "ConnectionResetError" in done.stderr
    assert_answered(ALL, running, "169.254.169.254")
    running.imds_sim("options", "web-1", "--http-protocol-ipv6", "enabled")
    assert_answered(ALL, running, "fd00:ec2::254")
