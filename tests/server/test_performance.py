"""Replies as a fault wants them to go out: on bare sockets, and step by step without a clock."""

import asyncio
import contextlib
import dataclasses
import socket
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, cast

import pytest

from imds_sim.kernel.exchange import Connection
from imds_sim.kernel.message import Response
from imds_sim.kernel.plan import USUAL, End, WirePlan
from imds_sim.server.connections import PERFORMING_SECONDS
from imds_sim.server.performance import DROPS, Performance
from imds_sim.server.site import Message
from tests.server.conftest import Client
from tests.waiting import PATIENCE

if TYPE_CHECKING:
    from tests.server.conftest import Wire

GET = b"GET /first HTTP/1.1\r\nHost: x\r\n\r\n"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n"
BODY = b"0123456789"
HOUR = 3600.0
ITERATIONS = 10  # of the loop: until what was written is out


def play(wire: "Wire", plan: WirePlan, times: int = 1, close: bool = False) -> None:
    """Let the first `times` replies go out in this way, the rest as ever."""

    def answer(connection: Connection, message: Message) -> Response:
        wire.asked.append(message)
        planned = plan if len(wire.asked) <= times else None
        fields = (("Content-Length", str(len(BODY))),)
        return Response(200, "OK", fields, BODY, close, plan=planned)

    wire.site.endpoint = dataclasses.replace(wire.site.endpoint, answer=answer)


async def waiting(wire: "Wire", data: bytes = GET) -> Client:
    """A client whose request is answered by a plan that does not end by itself."""
    client = await wire.connect()
    await client.send(data)
    await wire.until(lambda: len(wire.connections.performing.seats) == 1)
    return client


@pytest.mark.parametrize("plan", [USUAL, WirePlan(delay=0.01), WirePlan(drip=0.01)])
async def test_a_reply_that_is_late_or_slow_is_whole_and_the_connection_goes_on(
    wire: "Wire", plan: WirePlan
) -> None:
    play(wire, plan)
    client = await wire.connect()
    assert await client.ask(GET) == (200, BODY)
    assert await client.ask(GET) == (200, BODY)


async def test_pipelined_requests_wait_for_the_reply_before_them(wire: "Wire") -> None:
    play(wire, WirePlan(delay=0.01), times=2)
    client = await wire.connect()
    await client.send(GET * 3)
    for _ in range(3):
        assert await client.reply() == (200, BODY)


async def test_a_request_that_comes_meanwhile_is_not_served_before(wire: "Wire") -> None:
    play(wire, WirePlan(delay=HOUR))
    client = await waiting(wire)
    await client.send(GET)
    other = await wire.connect()
    assert await other.ask(GET) == (200, BODY)
    assert len(wire.asked) == 2


async def test_a_client_that_ends_its_side_still_gets_its_late_reply(wire: "Wire") -> None:
    play(wire, WirePlan(delay=0.01))
    client = await wire.connect()
    await client.send(GET)
    client.end()
    assert await client.all() == HEAD + BODY


async def test_the_reply_to_head_has_no_body_in_any_way(wire: "Wire") -> None:
    play(wire, WirePlan(drip=0.01), close=True)
    client = await wire.connect()
    await client.send(GET.replace(b"GET", b"HEAD"))
    assert await client.all() == HEAD


@pytest.mark.parametrize(
    ("plan", "sent"),
    [
        (WirePlan(end=End.CUT), HEAD + BODY[:5]),
        (WirePlan(delay=0.01, end=End.CUT), HEAD + BODY[:5]),
        (WirePlan(end=End.HALF_CLOSE), HEAD + BODY),
        (WirePlan(drip=0.01, end=End.HALF_CLOSE), HEAD + BODY),
    ],
)
async def test_a_reply_is_cut_or_the_end_is_not_announced(
    wire: "Wire", plan: WirePlan, sent: bytes
) -> None:
    play(wire, plan)
    client = await wire.connect()
    await client.send(GET * 2)
    assert await client.all() == sent
    assert len(wire.asked) == 1  # after the end nothing is served


@pytest.mark.parametrize(
    ("plan", "early"),
    [
        (WirePlan(), HEAD + BODY),
        (WirePlan(end=End.HALF_CLOSE), b""),
        (
            WirePlan(drip=DROPS / 1000, end=End.HALF_CLOSE),
            (HEAD + BODY)[: -len(HEAD + BODY) // DROPS],
        ),
    ],
)
async def test_the_last_of_a_reply_comes_no_earlier_than_an_end_that_nothing_announces(
    plan: WirePlan, early: bytes
) -> None:
    loop = asyncio.get_running_loop()
    written = asyncio.Event()
    async with connected() as (transport, client):
        Performance(plan, (HEAD, BODY), transport, written.set, loop).begin()
        await written.wait()
        for _ in range(ITERATIONS):
            await asyncio.sleep(0)
        with contextlib.suppress(BlockingIOError):
            client._read = client.socket.recv(1000)
        assert client._read == early
        transport.write_eof()
        assert await client.all() == HEAD + BODY


@contextlib.asynccontextmanager
async def connected() -> AsyncIterator[tuple[asyncio.Transport, Client]]:
    """The server's side of a connection, and the client's."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        client = Client(socket.create_connection(listener.getsockname()))
        accepted, _ = listener.accept()
    client.socket.setblocking(False)
    loop = asyncio.get_running_loop()
    transport, _ = await loop.connect_accepted_socket(asyncio.Protocol, accepted)
    try:
        yield transport, client
    finally:
        transport.abort()
        client.close()


@pytest.mark.parametrize("plan", [WirePlan(end=End.RESET), WirePlan(delay=0.01, end=End.RESET)])
async def test_a_reset_is_one(wire: "Wire", plan: WirePlan) -> None:
    play(wire, plan)
    client = await wire.connect()
    await client.send(GET)
    with pytest.raises(ConnectionResetError):
        await client.receive()


@pytest.mark.parametrize("plan", [WirePlan(end=End.SILENCE), WirePlan(delay=HOUR)])
async def test_what_waits_ends_with_the_drain(wire: "Wire", plan: WirePlan) -> None:
    play(wire, plan)
    client = await waiting(wire)
    wire.server.close()
    assert await wire.connections.drain(PATIENCE)
    assert await client.is_closed()


async def test_a_silence_ends_with_the_client(wire: "Wire") -> None:
    play(wire, WirePlan(end=End.SILENCE))
    client = await waiting(wire)
    client.close()
    await wire.until(lambda: len(wire.connections) == 0)


async def test_a_delay_ends_with_the_connection(wire: "Wire") -> None:
    play(wire, WirePlan(delay=HOUR))
    await waiting(wire)
    (seat,) = wire.connections.performing.seats
    seat.held.drop()
    await wire.until(lambda: len(wire.connections) == 0)


async def test_nothing_plays_for_longer_than_the_longest_fault(wire: "Wire") -> None:
    play(wire, WirePlan(end=End.SILENCE))
    client = await waiting(wire)
    wire.sweep_after(PERFORMING_SECONDS - 1)
    assert len(wire.connections.performing.seats) == 1
    wire.sweep_after(PERFORMING_SECONDS + 1)
    assert await client.is_closed()


async def test_the_silent_make_room_for_the_living(wire: "Wire") -> None:
    wire.connections._limit = 1
    play(wire, WirePlan(end=End.SILENCE))
    await waiting(wire)
    other = await wire.connect()
    assert await other.ask(GET) == (200, BODY)


@dataclasses.dataclass
class Stage:
    """A transport and a timer in the hands of the test."""

    written: list[bytes] = dataclasses.field(default_factory=list)
    later: list[tuple[float, Callable[[], None]]] = dataclasses.field(default_factory=list)
    finished: int = 0

    def write(self, data: bytes) -> None:
        self.written.append(data)

    def call_later(self, delay: float, callback: Callable[[], None], /) -> "Stage":
        self.later.append((delay, callback))
        return self

    def cancel(self) -> None:
        self.later.clear()

    def perform(self, plan: WirePlan) -> Performance:
        def done() -> None:
            self.finished += 1

        transport = cast(asyncio.Transport, self)
        made = Performance(plan, (HEAD, BODY), transport, done, self)
        made.begin()
        return made


def test_a_delay_is_as_long_as_was_asked() -> None:
    stage = Stage()
    stage.perform(WirePlan(delay=1.5))
    ((delay, go_on),) = stage.later
    assert (delay, stage.written, stage.finished) == (1.5, [], 0)
    go_on()
    assert (stage.written, stage.finished) == ([HEAD + BODY], 1)


def test_drops_are_spread_over_the_time_that_was_asked() -> None:
    stage = Stage()
    stage.perform(WirePlan(drip=9.0))
    waited = 0.0
    while stage.later:
        delay, go_on = stage.later.pop()
        waited += delay
        assert not stage.finished
        go_on()
    assert (round(waited, 6), len(stage.written), stage.finished) == (9.0, DROPS, 1)
    assert b"".join(stage.written) == HEAD + BODY


def test_what_is_cancelled_does_not_go_on() -> None:
    stage = Stage()
    stage.perform(WirePlan(delay=1.0)).cancel()
    assert not stage.later


def test_plans_add_up() -> None:
    both = WirePlan(1.0, 2.0).with_(WirePlan(0.5, 1.0, End.CUT)).with_(WirePlan(end=End.RESET))
    assert both == WirePlan(1.5, 2.0, End.CUT)


def test_a_head_without_body_is_cut_itself() -> None:
    stage = Stage()
    transport = cast(asyncio.Transport, stage)
    Performance(WirePlan(end=End.CUT), (HEAD, b""), transport, lambda: None, stage).begin()
    assert stage.written == [HEAD[: len(HEAD) // 2]]
