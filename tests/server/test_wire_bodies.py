import dataclasses
from typing import TYPE_CHECKING

import pytest

from imds_sim.kernel.message import Request, Unreadable
from imds_sim.server.limits import Limits

if TYPE_CHECKING:
    from tests.server.conftest import Wire

GET = b"GET /next HTTP/1.1\r\n\r\n"
BODY = Limits().body
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


def limit(wire: "Wire", **limits: object) -> None:
    changed = dataclasses.replace(wire.site.endpoint.limits, **limits)  # type: ignore[arg-type]
    wire.site.endpoint = dataclasses.replace(wire.site.endpoint, limits=changed)


def body_of(wire: "Wire") -> bytes:
    request = wire.asked[0]
    assert isinstance(request, Request)
    return request.body


async def test_a_sized_body_is_handed_over_whole_and_the_next_request_follows(
    wire: "Wire",
) -> None:
    client = await wire.connect()
    await client.send(b"PUT / HTTP/1.1\r\nContent-Length: 11\r\n\r\nGET / HTTP/" + GET)
    assert await client.reply() == (200, b"PUT / 11")
    assert await client.reply() == (200, b"GET /next 0")
    assert body_of(wire) == b"GET / HTTP/"


@pytest.mark.parametrize("zero", ["0", "00"])
async def test_a_body_may_be_empty(wire: "Wire", zero: str) -> None:
    client = await wire.connect()
    await client.send(f"PUT / HTTP/1.1\r\nContent-Length: {zero}\r\n\r\n".encode() + GET)
    assert await client.reply() == (200, b"PUT / 0")
    assert await client.reply() == (200, b"GET /next 0")


@pytest.mark.parametrize(
    "chunks",
    [
        pytest.param(b"5\r\nhello\r\n0\r\n\r\n", id="one"),
        pytest.param(b"2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n", id="two"),
        pytest.param(b"005\r\nhello\r\n000\r\n\r\n", id="leading zeros"),
        pytest.param(b"5 ; a=b;c\r\nhello\r\n0;x\r\n\r\n", id="extensions"),
        pytest.param(b"5\r\nhello\r\n0\r\nA: b\r\nC:\r\n\r\n", id="trailers"),
    ],
)
async def test_a_chunked_body_is_put_together(wire: "Wire", chunks: bytes) -> None:
    client = await wire.connect()
    await client.send(b"PUT / HTTP/1.1\r\nTransfer-Encoding: Chunked\r\n\r\n" + chunks + GET)
    assert await client.reply() == (200, b"PUT / 5")
    assert await client.reply() == (200, b"GET /next 0")
    assert body_of(wire) == b"hello"


@pytest.mark.parametrize(
    "chunks",
    [
        pytest.param(b"g\r\nhello\r\n", id="not hexadecimal"),
        pytest.param(b"0x5\r\nhello\r\n", id="with 0x"),
        pytest.param(b"-5\r\nhello\r\n", id="negative"),
        pytest.param(b"\r\nhello\r\n", id="no size"),
        pytest.param(b" 5\r\nhello\r\n", id="space before the size"),
        pytest.param(b"5\nhello\r\n0\r\n\r\n", id="bare line feed"),
        pytest.param(b"5\r\nhello0\r\n\r\n", id="longer than it said"),
        pytest.param(b"5\r\nhello\n0\r\n\r\n", id="bare line feed after the chunk"),
        pytest.param(b"5;\0\r\nhello\r\n0\r\n\r\n", id="NUL in an extension"),
        pytest.param(b"5;" + b"x" * 4096, id="endless extension"),
        pytest.param(b"0\r\n" + b"A: b\r\n" * 4000 + b"\r\n", id="too many trailers"),
        pytest.param(b"0\r\nGET / HTTP/1.1\r\n\r\n", id="a trailer that is none"),
        pytest.param(b"1" + b"0" * 15 + b"\r\n", id="size of 16 digits"),
    ],
)
async def test_a_chunk_that_is_none_is_malformed(wire: "Wire", chunks: bytes) -> None:
    client = await wire.connect()
    await client.send(b"PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks)
    client.end()
    assert (await client.all()).endswith(b"MALFORMED")
    assert len(wire.asked) == 1


@pytest.mark.parametrize(
    ("length", "fits"),
    [pytest.param(BODY, True, id="limit"), pytest.param(BODY + 1, False, id="one more")],
)
@pytest.mark.parametrize("chunked", [False, True], ids=["sized", "chunked"])
async def test_a_body_may_be_as_long_as_the_limit(
    wire: "Wire", length: int, fits: bool, chunked: bool
) -> None:
    client = await wire.connect()
    field = b"Transfer-Encoding: chunked" if chunked else b"Content-Length: %d" % length
    await client.send(b"PUT / HTTP/1.1\r\n" + field + b"\r\n\r\n")
    if chunked:
        await client.send(b"1\r\nx\r\n%x\r\n" % (length - 1))
    if not fits:  # refused before it was sent
        assert (await client.all()).endswith(b"BODY_TOO_LARGE")
        (unreadable,) = wire.asked
        assert isinstance(unreadable, Unreadable)
        assert unreadable.head == b"PUT / HTTP/1.1\r\n" + field + b"\r\n\r\n"
        return
    await client.send(b"x" * (length - 1) + (b"\r\n0\r\n\r\n" if chunked else b"x"))
    assert await client.reply() == (200, b"PUT / %d" % length)


@pytest.mark.parametrize("length", ["9" * 15, "9" * 4000])
async def test_no_length_is_too_long_to_be_refused(wire: "Wire", length: str) -> None:
    client = await wire.connect()
    await client.send(f"PUT / HTTP/1.1\r\nContent-Length: {length}\r\n\r\n".encode())
    assert (await client.all()).endswith((b"BODY_TOO_LARGE", b"MALFORMED"))


async def test_the_reply_to_a_body_too_large_survives_the_body(wire: "Wire") -> None:
    client = await wire.connect()
    await client.send(b"PUT / HTTP/1.1\r\nContent-Length: 1000000\r\n\r\n")
    for _ in range(100):
        await client.send(b"x" * 10_000)
    assert (await client.all()).endswith(b"BODY_TOO_LARGE")


async def test_a_client_that_asks_first_is_told_to_go_on(wire: "Wire") -> None:
    client = await wire.connect()
    await client.send(b"PUT / HTTP/1.1\r\nExpect: 100-Continue\r\nContent-Length: 3\r\n\r\n")
    assert await client.receive() == CONTINUE
    await client.send(b"a")
    await client.send(b"bc")
    assert await client.reply() == (200, b"PUT / 3")
    assert await client.ask(GET) == (200, b"GET /next 0")


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(
            b"PUT / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc",
            id="the body is there",
        ),
        pytest.param(b"PUT / HTTP/1.1\r\nExpect: 100-continue\r\n\r\n", id="no body"),
        pytest.param(b"PUT / HTTP/1.1\r\nExpect: x\r\nContent-Length: 0\r\n\r\n", id="other words"),
    ],
)
async def test_nobody_is_told_to_go_on_who_does_not_wait(wire: "Wire", sent: bytes) -> None:
    client = await wire.connect()
    status, _ = await client.ask(sent)
    assert status == 200


async def test_a_client_of_http_1_0_is_never_told_to_go_on(wire: "Wire") -> None:
    client = await wire.connect()
    await client.send(b"PUT / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n")
    await wire.until(lambda: len(wire.connections.bodies.seats) == 1)
    assert await client.ask(b"abc") == (200, b"PUT / 3")


async def test_where_expectations_are_not_met_the_surface_answers_without_the_body(
    wire: "Wire",
) -> None:
    limit(wire, continues=False)
    client = await wire.connect()
    await client.send(b"PUT / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 30\r\n\r\n")
    assert (await client.all()).endswith(b"Connection: close\r\n\r\nPUT / 0")
    (request,) = wire.asked
    assert isinstance(request, Request)
    assert request.headers.get("expect") == "100-continue"


async def test_a_length_too_large_is_refused_before_the_expectation(wire: "Wire") -> None:
    limit(wire, body=10)
    client = await wire.connect()
    await client.send(b"PUT / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 11\r\n\r\n")
    assert (await client.all()).endswith(b"BODY_TOO_LARGE")
