"""Who can be reached by what the metadata service says: hop limit, IPv6 switch, throttle."""

from datetime import timedelta

import pytest

from imds_sim.kernel.exchange import Connection, Surface
from imds_sim.kernel.message import Headers, Request, Response
from imds_sim.kernel.plan import End
from tests.simulator.scenes import Scene, scene_of

TTL = Headers([("X-aws-ec2-metadata-token-ttl-seconds", "60")])
WORLD = (
    "hop_limit: {{mode: {mode}}}\n"
    "instances: {{web-1: {{metadata_options: {{http_tokens: optional, "
    "http_put_response_hop_limit: {limit}, http_protocol_ipv6: {ipv6}}}}}}}"
)


def world(mode: str = "wire", limit: int = 1, ipv6: str = "disabled") -> Scene:
    return scene_of(WORLD.format(mode=mode, limit=limit, ipv6=ipv6))


def ask(
    scene: Scene,
    method: str = "PUT",
    peer: str = "172.30.0.9",
    local: str = "169.254.169.254",
    hops: int | None = None,
) -> Response:
    path = "/latest/api/token" if method == "PUT" else "/latest/meta-data/"
    connection = Connection(Surface.IMDS, None, peer, 40000, local, 80, hops)
    return scene.core.handle(connection, Request(method, path, TTL))


def test_only_the_answer_with_a_token_is_limited() -> None:
    scene = world(limit=3)
    assert ask(scene).hops == 3
    assert ask(scene, "GET").hops is None
    assert ask(scene, "DELETE").hops is None


@pytest.mark.parametrize(("limit", "arrives"), [(1, False), (2, True)])
def test_a_virtual_limit_of_one_withholds_the_token_from_a_container(
    limit: int, arrives: bool
) -> None:
    response = ask(world("virtual", limit))
    assert (response.plan is None) is arrives
    assert response.hops == (1 if arrives else None)
    if not arrives:
        assert response.plan is not None
        assert not response.plan.answers
        assert response.notes.detail == "the client is too many hops away"


@pytest.mark.parametrize(
    ("hops", "lost"), [(0, False), (1, False), (2, True), (None, False)], ids=str
)
def test_a_token_that_the_network_will_lose_is_sent_and_the_journal_says_so(
    hops: int | None, lost: bool
) -> None:
    scene = world(limit=2)
    response = ask(scene, hops=hops)
    assert (response.status, response.hops, response.plan) == (200, 2, None)
    [entry] = scene.core.journal
    assert entry.hops == hops
    assert (entry.detail == "the client is too many hops away") is lost
    [(address, client)] = scene.core.clients
    assert (address, client.tokens_lost) == ("172.30.0.9", int(lost))
    assert scene.core.traffic.hop_limited == ({"web-1": 1} if lost else {})


def test_clients_are_remembered_by_the_wall_clock_until_a_reset() -> None:
    scene = world()
    scene.core.advance(timedelta(hours=3))
    ask(scene, "GET", hops=1)
    ask(scene, "GET", hops=1)
    [(_, client)] = scene.core.clients
    assert client.first_seen == client.last_seen == scene.clock.wall()
    assert (client.requests, list(client.workloads)) == (2, ["web-1"])
    scene.core.reset()
    assert list(scene.core.clients) == []


def test_no_limit_counts_where_it_is_off() -> None:
    assert ask(world("off")).hops is None


@pytest.mark.parametrize(
    ("ipv6", "local", "answers"),
    [
        ("disabled", "fd00:ec2::254", False),
        ("enabled", "fd00:ec2::254", True),
        ("disabled", "::1", True),
        ("disabled", "169.254.169.254", True),
    ],
)
def test_the_ipv6_endpoint_answers_only_where_it_is_enabled(
    ipv6: str, local: str, answers: bool
) -> None:
    response = ask(world(ipv6=ipv6), "GET", peer="fd00:ec2::254", local=local)
    assert (response.plan is None) is answers
    if not answers:
        assert response.plan is not None
        assert response.plan.end is End.RESET


def test_an_instance_is_held_to_its_rate_and_the_others_are_not() -> None:
    scene = scene_of(
        "instances: {web-1: {throttle: {rate: 2, burst: 3}, "
        "metadata_options: {http_tokens: optional}}, web-2: {clients: [10.0.0.9], "
        "metadata_options: {http_tokens: optional}}}"
    )
    assert [ask(scene, "GET").status for _ in range(4)] == [200, 200, 200, 429]
    refused = ask(scene)
    assert (refused.status, refused.reason, refused.body) == (429, "Too Many Requests", b"")
    assert ask(scene, "GET", peer="10.0.0.9").status == 200
    scene.clock.advance(timedelta(milliseconds=499))
    assert ask(scene, "GET").status == 429
    scene.clock.advance(timedelta(milliseconds=1))
    assert ask(scene, "GET").status == 200
    assert ask(scene, "GET").status == 429


def test_a_burst_left_out_is_the_rate_rounded_up() -> None:
    scene = scene_of(
        "instances: {web-1: {throttle: {rate: 1.5}, metadata_options: {http_tokens: optional}}}"
    )
    assert [ask(scene, "GET").status for _ in range(3)] == [200, 200, 429]
