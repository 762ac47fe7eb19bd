import asyncio
import logging
from collections.abc import Callable
from ipaddress import ip_network
from typing import TYPE_CHECKING

import pytest

from imds_sim.kernel.address import TcpAddress
from imds_sim.kernel.exchange import Connection, Surface
from imds_sim.kernel.message import Response
from imds_sim.server.connections import (
    BODIES,
    BODY_SECONDS,
    CONNECTIONS,
    HEAD_SECONDS,
    IDLE_SECONDS,
    LINGER_SECONDS,
    STALLED_SECONDS,
    SWEEP_SECONDS,
    Connections,
    Seat,
)
from imds_sim.server.limits import LIMITS, Limits
from imds_sim.server.peer import limited_client
from imds_sim.server.site import Endpoint, Message, Site
from imds_sim.workloads.listener import Listener

if TYPE_CHECKING:
    from tests.server.conftest import Wire

GET = b"GET / HTTP/1.1\r\n\r\n"


def silent(connection: Connection, message: Message) -> Response:
    return Response(200, "OK", ())


SITE = Site(Listener(Surface.IMDS, TcpAddress("127.0.0.1", 80)), Endpoint(silent, silent, Limits()))


class ManualTimer:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.calls: list[Callable[[], object]] = []

    def time(self) -> float:
        return self.now

    def call_later(self, delay: float, callback: Callable[[], object], /) -> object:
        assert delay == SWEEP_SECONDS
        self.calls.append(callback)
        return None


class Caller:
    """A connection that only writes down what it is told."""

    def __init__(
        self, connections: Connections, address: str | None = None, peer: str = ""
    ) -> None:
        self.site = SITE
        self.told: list[str] = []
        self._connections = connections
        seat = connections.admit(self, address, peer)
        self.admitted = seat is not None
        if seat is not None:
            self.seat: Seat = seat

    def rest(self) -> "Caller":
        self._connections.move(self.seat, self._connections.idle)
        return self

    def hang_up(self) -> None:
        self._end("hang up")

    def time_out(self) -> None:
        self._end("time out")

    def give_up(self) -> None:
        self._end("give up")

    def drop(self) -> None:
        self._end("drop")

    def _end(self, how: str) -> None:
        self.told.append(how)
        self._connections.move(self.seat, self._connections.leaving)


@pytest.fixture
def timer() -> ManualTimer:
    return ManualTimer()


@pytest.mark.parametrize(
    ("queue", "seconds", "told"),
    [
        ("silent", HEAD_SECONDS, "hang up"),
        ("idle", IDLE_SECONDS, "hang up"),
        ("heads", HEAD_SECONDS, "time out"),
        ("bodies", BODY_SECONDS, "time out"),
        ("stalled", STALLED_SECONDS, "give up"),
        ("lingering", LINGER_SECONDS, "give up"),
    ],
)
def test_each_wait_has_its_limit(timer: ManualTimer, queue: str, seconds: float, told: str) -> None:
    connections = Connections(timer)
    caller = Caller(connections)
    connections.move(caller.seat, getattr(connections, queue))
    connections.sweep(timer.now + seconds - 0.001)
    assert caller.told == []
    connections.sweep(timer.now + seconds)
    connections.sweep(timer.now + seconds)
    assert caller.told == [told]


def test_only_those_whose_time_has_come_are_ended(timer: ManualTimer) -> None:
    connections = Connections(timer)
    early = Caller(connections).rest()
    timer.now += 5
    late = Caller(connections).rest()
    connections.sweep(timer.now + IDLE_SECONDS - 5)
    assert (early.told, late.told) == (["hang up"], [])


def test_a_served_request_begins_the_wait_anew(timer: ManualTimer) -> None:
    connections = Connections(timer)
    caller = Caller(connections).rest()
    timer.now += IDLE_SECONDS - 1
    caller.rest()
    connections.sweep(timer.now + 1)
    assert caller.told == []


def test_one_timer_serves_all_connections_and_rests_when_there_are_none(
    timer: ManualTimer,
) -> None:
    connections = Connections(timer)
    callers = [Caller(connections) for _ in range(3)]
    (tick,) = timer.calls
    timer.calls.clear()
    tick()
    assert len(timer.calls) == 1
    for caller in callers:
        connections.leave(caller.seat)
    timer.calls.pop()()
    assert timer.calls == []
    Caller(connections)
    assert len(timer.calls) == 1


def test_at_the_limit_the_longest_idle_makes_room(timer: ManualTimer) -> None:
    connections = Connections(timer, limit=3)
    busy, first, second = (Caller(connections) for _ in range(3))
    connections.move(busy.seat, connections.bodies)
    timer.now += 1
    second.rest()
    timer.now += 1
    first.rest()
    assert Caller(connections).admitted
    assert (busy.told, first.told, second.told) == ([], [], ["drop"])
    assert len(connections) == 3


def test_one_that_never_asked_counts_as_idle(timer: ManualTimer) -> None:
    connections = Connections(timer, limit=2)
    kept = Caller(connections).rest()
    timer.now += 1
    asked_nothing = Caller(connections)
    timer.now += 1
    kept.rest()
    assert Caller(connections).admitted
    assert (kept.told, asked_nothing.told) == ([], ["drop"])


def test_at_the_limit_without_an_idle_one_the_new_one_is_closed(
    timer: ManualTimer, caplog: pytest.LogCaptureFixture
) -> None:
    connections = Connections(timer, limit=2)
    for _ in range(2):
        connections.move(Caller(connections).seat, connections.heads)
    assert [Caller(connections).admitted for _ in range(5)] == [False] * 5
    assert caplog.records == []
    timer.calls.pop()()
    assert [(record.message, record.__dict__["count"]) for record in caplog.records] == [
        ("connections.refused", 5)
    ]


def test_a_client_has_a_limit_of_its_own(timer: ManualTimer) -> None:
    connections = Connections(timer, limit_per_client=2)
    others = [Caller(connections, "172.30.0.9") for _ in range(2)]
    first = Caller(connections, "172.30.0.11").rest()
    timer.now += 1
    second = Caller(connections, "172.30.0.11").rest()
    assert Caller(connections, "172.30.0.11").admitted
    assert (first.told, second.told) == (["drop"], [])
    assert [other.told for other in others] == [[], []]


def test_a_client_whose_connections_are_all_busy_gets_no_more(timer: ManualTimer) -> None:
    connections = Connections(timer, limit_per_client=2)
    busy = [Caller(connections, "172.30.0.11") for _ in range(2)]
    for caller in busy:
        connections.move(caller.seat, connections.heads)
    assert not Caller(connections, "172.30.0.11").admitted
    assert Caller(connections, "172.30.0.12").admitted
    connections.leave(busy[0].seat)
    assert Caller(connections, "172.30.0.11").admitted


def test_clients_of_this_machine_have_no_limit_of_their_own(timer: ManualTimer) -> None:
    connections = Connections(timer, limit_per_client=2)
    assert all(Caller(connections, None).admitted for _ in range(10))


@pytest.mark.parametrize(
    ("peer", "local", "limited"),
    [
        ("127.0.0.1", "127.0.0.1", False),
        ("127.0.0.9", "169.254.169.254", False),
        ("::1", "fd00:ec2::254", False),
        ("::ffff:127.0.0.1", "::", False),
        ("169.254.169.254", "169.254.169.254", False),
        ("", "", False),
        ("172.30.0.11", "169.254.169.254", True),
        ("fd00::2", "fd00:ec2::254", True),
    ],
)
def test_loopback_and_the_listeners_own_address_are_this_machine(
    peer: str, local: str, limited: bool
) -> None:
    assert limited_client(peer, local) == (peer if limited else None)


def test_nothing_is_remembered_of_clients_that_are_gone(timer: ManualTimer) -> None:
    connections = Connections(timer)
    for number in range(100):
        connections.leave(Caller(connections, f"172.30.0.{number}").seat)
    assert connections._clients == {}
    assert len(connections) == 0


def test_there_may_be_2048_connections(timer: ManualTimer) -> None:
    connections = Connections(timer)
    callers = [Caller(connections) for _ in range(CONNECTIONS)]
    for caller in callers:
        connections.move(caller.seat, connections.bodies)
    assert len(connections) == 2048
    assert not Caller(connections).admitted


def test_every_surface_has_limits() -> None:
    assert set(LIMITS) == set(Surface)


async def test_draining_without_connections_ends_at_once(wire: "Wire") -> None:
    assert await wire.connections.drain(0)


async def test_draining_closes_idle_connections(wire: "Wire") -> None:
    client = await wire.connect()
    await client.ask(GET)
    assert await wire.connections.drain(5)
    assert await client.is_closed()


async def test_draining_lets_an_open_request_finish_and_says_close(wire: "Wire") -> None:
    client = await wire.connect()
    await client.send(GET[:10])
    await wire.until(lambda: len(wire.connections.heads.seats) == 1)
    async with asyncio.TaskGroup() as tasks:
        drained = tasks.create_task(wire.connections.drain(5))
        await wire.until(lambda: wire.connections.draining)
        await client.send(GET[10:])
        received = await client.all()
        client.close()
        assert await drained
    assert received.endswith(b"Connection: close\r\n\r\nGET / 0")


async def test_draining_gives_a_connection_that_was_just_accepted_a_moment(wire: "Wire") -> None:
    talking, mute = await wire.connect(), await wire.connect()
    await wire.until(lambda: len(wire.connections.silent.seats) == 2)
    async with asyncio.TaskGroup() as tasks:
        drained = tasks.create_task(wire.connections.drain(5))
        await wire.until(lambda: wire.connections.draining)
        await talking.send(GET)
        assert (await talking.all()).endswith(b"GET / 0")
        assert await mute.is_closed()
        assert await drained


async def test_draining_does_not_wait_for_clients_that_keep_their_side_open(wire: "Wire") -> None:
    client = await wire.connect()
    await client.send(b"GET / HTTP/1.0\r\n\r\n")
    await client.all()
    assert len(wire.connections.lingering.seats) == 1
    assert await wire.connections.drain(1)


async def test_draining_cuts_off_what_does_not_end_in_time(
    wire: "Wire", caplog: pytest.LogCaptureFixture
) -> None:
    client = await wire.connect()
    await client.send(GET[:10])
    await wire.until(lambda: len(wire.connections.heads.seats) == 1)
    assert not await wire.connections.drain(0)
    assert await client.is_closed()
    assert [(record.message, record.levelno) for record in caplog.records] == [
        ("connections.cut_off", logging.WARNING)
    ]


async def test_a_connection_for_which_there_is_no_room_is_closed(wire: "Wire") -> None:
    wire.connections._limit = 1
    busy = await wire.connect()
    await busy.send(GET[:10])
    await wire.until(lambda: len(wire.connections.heads.seats) == 1)
    assert await (await wire.connect()).is_closed()
    assert await busy.ask(GET[10:]) == (200, b"GET / 0")
    assert (await (await wire.connect()).ask(GET))[0] == 200
    assert await busy.is_closed()


def test_unfinished_bodies_have_a_limit_together() -> None:
    table = Connections(ManualTimer())
    assert table.hold(BODIES)
    assert not table.hold(1)
    assert table.hold(-2)
    assert table.hold(1)


def test_a_client_that_is_no_longer_allowed_is_cut_off() -> None:
    connections = Connections(ManualTimer())
    leaver, stayer, local = (
        Caller(connections, None, peer) for peer in ("10.0.0.1", "10.1.0.1", "")
    )
    leaver.rest()
    connections.allow((ip_network("10.1.0.0/16"),))
    assert (leaver.told, stayer.told, local.told) == (["drop"], [], [])
    assert not Caller(connections, None, "10.0.0.1").admitted
    connections.allow(())
    assert Caller(connections, None, "10.0.0.1").admitted
