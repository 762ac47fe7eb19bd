import dataclasses
from typing import TYPE_CHECKING

import pytest

from imds_sim.kernel.exchange import Connection
from imds_sim.kernel.message import Defect, Response, Unreadable
from imds_sim.server.connections import (
    BODY_SECONDS,
    HEAD_SECONDS,
    IDLE_SECONDS,
    LINGER_SECONDS,
    STALLED_SECONDS,
)
from imds_sim.server.site import Message
from imds_sim.server.wire import OUTPUT_LIMIT

if TYPE_CHECKING:
    from tests.server.conftest import Client, Wire

GET = b"GET / HTTP/1.1\r\n\r\n"
LARGE = b"x" * 256 * 1024
HUGE = LARGE * 64  # more than the system's buffers hold


def say_much(wire: "Wire", body: bytes = LARGE, close: bool = False) -> None:
    def answer(connection: Connection, message: Message) -> Response:
        wire.asked.append(message)
        return Response(200, "OK", (("Content-Length", str(len(body))),), body, close)

    wire.site.endpoint = dataclasses.replace(wire.site.endpoint, answer=answer)


async def stalled(wire: "Wire", requests: int) -> "Client":
    """A client that has sent so many requests for much and reads nothing."""
    client = await wire.connect(receive_buffer=4096)
    await client.send(GET * requests)
    await wire.until(lambda: len(wire.connections.stalled.seats) == 1)
    return client


@pytest.mark.parametrize(
    "part",
    [
        pytest.param(b"GET / HTTP/1.1\r\nA", id="head"),
        pytest.param(b"GET / HTT", id="first line"),
    ],
)
async def test_a_head_must_arrive_within_ten_seconds(wire: "Wire", part: bytes) -> None:
    client = await wire.connect()
    await client.send(part[:5])
    await wire.until(lambda: len(wire.connections.heads.seats) == 1)
    wire.sweep_after(HEAD_SECONDS - 1)
    await client.send(part[5:])
    assert wire.asked == []
    wire.sweep_after(HEAD_SECONDS)
    assert (await client.all()).endswith(b"TIMEOUT")
    (unreadable,) = wire.asked
    assert isinstance(unreadable, Unreadable)
    assert unreadable.defect is Defect.TIMEOUT
    assert part.startswith(unreadable.head)


async def test_a_byte_now_and_then_does_not_stretch_the_time_for_a_head(wire: "Wire") -> None:
    client = await wire.connect()
    await client.send(b"GE")
    await wire.until(lambda: len(wire.connections.heads.seats) == 1)
    (begun,) = wire.connections.heads.seats.values()
    await client.send(b"T / HTTP/1.1\r\n")
    await (await wire.connect()).ask(GET)
    assert list(wire.connections.heads.seats.values()) == [begun]


async def test_a_body_must_arrive_within_thirty_seconds(wire: "Wire") -> None:
    client = await wire.connect()
    head = b"PUT / HTTP/1.1\r\nContent-Length: 5\r\n\r\n"
    await client.send(head + b"ab")
    await wire.until(lambda: len(wire.connections.bodies.seats) == 1)
    wire.sweep_after(BODY_SECONDS - 1)
    assert wire.asked == []
    wire.sweep_after(BODY_SECONDS)
    assert (await client.all()).endswith(b"TIMEOUT")
    (unreadable,) = wire.asked
    assert isinstance(unreadable, Unreadable)
    assert unreadable.head == head


async def test_a_kept_connection_may_be_idle_for_thirty_seconds(wire: "Wire") -> None:
    client = await wire.connect()
    await client.ask(GET)
    wire.sweep_after(IDLE_SECONDS - 1)
    await client.ask(GET)
    wire.sweep_after(IDLE_SECONDS)
    assert await client.is_closed()


async def test_a_connection_that_says_nothing_is_closed_without_a_word(wire: "Wire") -> None:
    client = await wire.connect()
    await wire.until(lambda: len(wire.connections.silent.seats) == 1)
    wire.sweep_after(HEAD_SECONDS - 1)
    assert len(wire.connections) == 1
    wire.sweep_after(HEAD_SECONDS)
    assert await client.is_closed()
    assert wire.asked == []


async def test_a_client_that_does_not_read_gets_no_more_replies(wire: "Wire") -> None:
    say_much(wire)
    client = await stalled(wire, requests=40)
    answered = len(wire.asked)
    assert answered < 40
    (seat,) = wire.connections.stalled.seats
    unsent = seat.held._transport.get_write_buffer_size()  # type: ignore[attr-defined]
    assert unsent <= OUTPUT_LIMIT + len(LARGE)
    client.end()
    client.read_fast()
    assert (await client.all()).count(LARGE) == 40
    assert len(wire.asked) == 40


async def test_a_client_that_never_reads_is_dropped(wire: "Wire") -> None:
    say_much(wire)
    await stalled(wire, requests=40)
    wire.sweep_after(STALLED_SECONDS - 1)
    assert len(wire.connections.stalled.seats) == 1
    wire.sweep_after(STALLED_SECONDS)
    await wire.until(lambda: len(wire.connections) == 0)


async def test_a_client_that_reads_slowly_is_not_dropped(wire: "Wire") -> None:
    say_much(wire, HUGE)
    client = await stalled(wire, requests=1)
    (seat,) = wire.connections.stalled.seats
    unsent = seat.held._transport.get_write_buffer_size  # type: ignore[attr-defined]
    for _ in range(3):
        before = unsent()
        while unsent() == before:
            await client.receive()
        wire.sweep_after(STALLED_SECONDS)
        assert len(wire.connections.stalled.seats) == 1
    wire.sweep_after(STALLED_SECONDS)
    await wire.until(lambda: len(wire.connections) == 0)


async def test_the_last_reply_reaches_a_slow_reader_whole(wire: "Wire") -> None:
    say_much(wire, HUGE, close=True)
    client = await stalled(wire, requests=1)
    wire.sweep_after(LINGER_SECONDS)
    client.read_fast()
    assert (await client.all()).endswith(HUGE)


async def test_a_client_that_stays_after_the_last_reply_is_let_go(wire: "Wire") -> None:
    client = await wire.connect()
    await client.send(b"GET / HTTP/1.0\r\n\r\n")
    await client.all()
    wire.sweep_after(LINGER_SECONDS - 1)
    assert len(wire.connections) == 1
    wire.sweep_after(LINGER_SECONDS)
    assert len(wire.connections) == 0


async def test_a_client_that_floods_after_the_last_reply_is_cut_off(wire: "Wire") -> None:
    client = await wire.connect()
    await client.send(b"GET / HTTP/1.0\r\n\r\n")
    await client.all()
    with pytest.raises((ConnectionResetError, BrokenPipeError)):
        await client.send(LARGE * 1000)
