import os
import socket
from collections.abc import Iterator

import pytest

from imds_sim.kernel.address import BoundAddress, DescriptorAddress, TcpAddress
from imds_sim.kernel.exchange import Surface
from imds_sim.server.binding import bind_tcp, bound_address
from imds_sim.server.inherited import Inherited, Offer
from imds_sim.workloads.listener import Listener
from tests.simulator.scenes import scene_of

FREE = TcpAddress("127.0.0.1", 0)


@pytest.fixture
def sockets() -> Iterator[list[socket.socket]]:
    bound = [bind_tcp(FREE, "test") for _ in range(3)]
    yield bound
    for each in bound:
        each.close()


def offered(*pairs: tuple[str, socket.socket]) -> Inherited:
    return Inherited([Offer(name, bound_address(each), each) for name, each in pairs])


def places(inherited: Inherited, text: str) -> list[tuple[Surface, str | None, BoundAddress]]:
    listeners = inherited.placed(scene_of(text).core.world)
    return [
        (each.surface, each.instance, each.address)
        for each in listeners
        if not isinstance(each.address, DescriptorAddress)
    ]


WEB = "roles: {web: {}}\ninstances: {web-1: {role: web}}\n"


def test_without_inherited_sockets_every_listener_stays_as_configured() -> None:
    configured = scene_of(WEB).core.world
    assert Inherited().placed(configured) == configured.listeners
    assert Inherited().switched_off(configured) == ()


def test_a_socket_named_like_a_surface_replaces_its_list_and_the_unlisted_ones_are_off(
    sockets: list[socket.socket],
) -> None:
    inherited = offered(("imds", sockets[0]), ("imds", sockets[1]))
    configured = WEB + 'listen: {sts: ["127.0.0.1:4139"]}'
    assert places(inherited, configured) == [
        (Surface.IMDS, None, bound_address(sockets[0])),
        (Surface.IMDS, None, bound_address(sockets[1])),
        (Surface.STS, None, TcpAddress("127.0.0.1", 4139)),
    ]
    off = inherited.switched_off(scene_of(configured).core.world)
    assert Surface.ECS in off
    assert Surface.STS not in off


def test_a_socket_at_an_instances_address_is_that_instances(sockets: list[socket.socket]) -> None:
    mine = bound_address(sockets[0])
    configured = f'roles: {{web: {{}}}}\ninstances: {{web-1: {{role: web, listen: ["{mine}"]}}}}'
    inherited = offered(("imds", sockets[0]), ("imds", sockets[1]))
    assert places(inherited, configured) == [
        (Surface.IMDS, "web-1", mine),
        (Surface.IMDS, None, bound_address(sockets[1])),
    ]


def test_an_address_can_be_a_socket_of_another_name(sockets: list[socket.socket]) -> None:
    inherited = offered(("front", sockets[0]), ("back", sockets[1]))
    configured = WEB + 'listen: {imds: ["fd:back"], sts: ["fd:front"]}'
    assert places(inherited, configured) == [
        (Surface.IMDS, None, bound_address(sockets[1])),
        (Surface.STS, None, bound_address(sockets[0])),
    ]


def test_a_name_that_was_not_inherited_is_left_to_fail_when_it_is_bound() -> None:
    configured = scene_of(WEB + 'listen: {imds: ["fd:front"]}').core.world
    assert Listener(Surface.IMDS, DescriptorAddress("front")) in Inherited().placed(configured)


def test_the_control_surface_takes_the_socket_named_admin(sockets: list[socket.socket]) -> None:
    inherited = offered(("admin", sockets[0]), ("other", sockets[1]))
    assert inherited.placed_admin(["auto"]) == (bound_address(sockets[0]),)
    other = offered(("other", sockets[1]))
    assert other.placed_admin(["auto", DescriptorAddress("other")]) == (
        "auto",
        bound_address(sockets[1]),
    )


def test_what_answers_probes_takes_the_sockets_named_probes(sockets: list[socket.socket]) -> None:
    inherited = offered(("probes", sockets[0]), ("other", sockets[1]))
    assert inherited.placed_probes([]) == (bound_address(sockets[0]),)
    assert inherited.placed_probes([FREE]) == (bound_address(sockets[0]),)
    other = offered(("other", sockets[1]))
    assert other.placed_probes([FREE, DescriptorAddress("other")]) == (
        FREE,
        bound_address(sockets[1]),
    )


def test_what_nothing_uses_is_closed_and_told(
    sockets: list[socket.socket], caplog: pytest.LogCaptureFixture
) -> None:
    inherited = offered(("imds", sockets[0]), ("typo", sockets[1]))
    inherited.close_unused([bound_address(sockets[0])])
    assert [each.fileno() == -1 for each in sockets[:2]] == [False, True]
    [told] = caplog.records
    assert (told.message, getattr(told, "fd_name", None)) == ("socket.unused", "typo")


@pytest.mark.parametrize(
    "said",
    [
        pytest.param({"LISTEN_PID": "1", "LISTEN_FDS": "1"}, id="meant for another process"),
        pytest.param({"LISTEN_FDS": "1"}, id="for nobody"),
        pytest.param({"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "x"}, id="no number"),
        pytest.param({}, id="nothing"),
    ],
)
def test_an_announcement_for_others_is_ignored_and_taken_away(said: dict[str, str]) -> None:
    environ = {**said, "LISTEN_FDNAMES": "imds"}
    assert not Inherited.of(environ, os.getpid())
    assert environ == {}
