import asyncio
import dataclasses
import logging
import socket
from ipaddress import ip_network
from typing import TYPE_CHECKING

import pytest

from imds_sim.kernel.exchange import Connection, Surface
from imds_sim.kernel.message import Request, Response, Unreadable
from imds_sim.server.site import Message
from imds_sim.workloads.listener import Listener

if TYPE_CHECKING:
    from tests.server.conftest import Wire

GET = b"GET /latest/ HTTP/1.1\r\nHost: x\r\n\r\n"


def say(wire: "Wire", response: Response) -> None:
    """Let the surface say this, whatever it is asked."""

    def answer(connection: Connection, message: Message) -> Response:
        wire.asked.append(message)
        return response

    wire.site.endpoint = dataclasses.replace(wire.site.endpoint, answer=answer)


OPEN = Response(200, "OK", (("Content-Length", "5"), ("Server", "EC2ws")), b"hello", close=False)
CLOSING = OPEN._replace(close=True)


async def test_a_request_reaches_the_surface_as_it_was_sent(wire: "Wire") -> None:
    client = await wire.connect()
    await client.ask(
        b"PUT /a%2/%zz?b=%C3&c HTTP/1.1\r\nX-A:  1 \r\nx-a:2\r\nEmpty:\r\nL: \xe9\r\n\r\n"
    )
    (request,) = wire.asked
    assert isinstance(request, Request)
    assert (request.method, request.target, request.body) == ("PUT", "/a%2/%zz?b=%C3&c", b"")
    assert request.version == "1.1"
    assert list(request.headers) == [("X-A", "1"), ("x-a", "2"), ("Empty", ""), ("L", "\xe9")]


async def test_the_surface_hears_over_what_the_request_came(wire: "Wire") -> None:
    client = await wire.connect()
    await client.ask(GET)
    host, port = client.socket.getsockname()
    assert wire.via == [Connection(Surface.STS, None, host, port, "127.0.0.1", wire.port, hops=0)]


async def test_a_reply_is_sent_to_the_byte(wire: "Wire") -> None:
    say(wire, CLOSING)
    client = await wire.connect()
    await client.send(GET)
    assert await client.all() == (
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nServer: EC2ws\r\n\r\nhello"
    )


@pytest.mark.parametrize(
    "method", ["FOO", "get", "M-SEARCH", "SOURCE", "PROPFIND", "x!#$%&'*+.^_`|~"]
)
async def test_any_token_is_a_method_also_on_a_kept_connection(wire: "Wire", method: str) -> None:
    client = await wire.connect()
    for _ in range(2):
        request = f"{method} /latest/ HTTP/1.1\r\nHost: x\r\n\r\n".encode()
        assert await client.ask(request) == (200, f"{method} /latest/ 0".encode())
        assert await client.ask(GET) == (200, b"GET /latest/ 0")


@pytest.mark.parametrize(
    ("line", "target"),
    [
        ("GET http://169.254.169.254/latest/ HTTP/1.1", "http://169.254.169.254/latest/"),
        ("OPTIONS * HTTP/1.1", "*"),
        ("CONNECT sts.amazonaws.com:443 HTTP/1.1", "sts.amazonaws.com:443"),
        ("GET //latest/../x HTTP/1.1", "//latest/../x"),
        ("GET /?a=b#c HTTP/1.1", "/?a=b#c"),
    ],
)
async def test_every_form_of_target_is_passed_on(wire: "Wire", line: str, target: str) -> None:
    client = await wire.connect()
    await client.ask(f"{line}\r\nHost: x\r\n\r\n".encode())
    await client.ask(GET)
    assert [message.target for message in wire.asked if isinstance(message, Request)] == [
        target,
        "/latest/",
    ]


async def test_an_offer_to_upgrade_is_an_ordinary_request(wire: "Wire") -> None:
    client = await wire.connect()
    h2c = b"POST /a HTTP/1.1\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
    assert await client.ask(h2c + b"Content-Length: 3\r\n\r\nabc") == (200, b"POST /a 3")
    assert await client.ask(GET) == (200, b"GET /latest/ 0")


async def test_head_gets_the_head_alone(wire: "Wire") -> None:
    say(wire, OPEN)
    client = await wire.connect()
    await client.send(b"HEAD / HTTP/1.1\r\n\r\n")
    assert await client.reply(bodiless=True) == (200, b"")
    assert await client.ask(GET) == (200, b"hello")


async def test_a_kept_connection_serves_again(wire: "Wire") -> None:
    client = await wire.connect()
    for number in range(3):
        request = b"GET /%d HTTP/1.1\r\n\r\n" % number
        assert await client.ask(request) == (200, b"GET /%d 0" % number)
    assert len(wire.connections) == 1


async def test_a_hundred_requests_in_one_segment_are_answered_in_order(wire: "Wire") -> None:
    client = await wire.connect()
    await client.send(b"".join(b"GET /%d HTTP/1.1\r\n\r\n" % n for n in range(100)))
    for number in range(100):
        assert await client.reply() == (200, b"GET /%d 0" % number)


async def test_a_hundred_requests_and_an_end_in_one_segment_are_all_answered(wire: "Wire") -> None:
    client = await wire.connect()
    await client.send(GET * 100)
    client.end()
    assert (await client.all()).count(b"GET /latest/ 0") == 100


async def test_other_connections_get_their_turn_while_one_pipelines(wire: "Wire") -> None:
    greedy, other = await wire.connect(), await wire.connect()
    await greedy.ask(GET)
    await other.ask(GET)
    wire.asked.clear()
    await greedy.send(b"GET /greedy HTTP/1.1\r\n\r\n" * 1000)
    await other.send(b"GET /other HTTP/1.1\r\n\r\n")
    await other.reply()
    targets = [message.target for message in wire.asked if isinstance(message, Request)]
    assert targets.count("/greedy") < 1000
    greedy.end()
    assert (await greedy.all()).count(b"GET /greedy 0") == 1000


async def test_a_request_may_arrive_byte_by_byte(wire: "Wire") -> None:
    client = await wire.connect()
    client.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    request = b"\r\nPUT /a HTTP/1.1\r\nA: b\r\nContent-Length: 3\r\n\r\nabc"
    chunked = (
        b"PUT /b HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\nA: b\r\n\r\n"
    )
    for byte in request + chunked:
        await client.send(bytes([byte]))
        await asyncio.sleep(0)
    assert await client.reply() == (200, b"PUT /a 3")
    assert await client.reply() == (200, b"PUT /b 3")


async def test_bare_line_feeds_end_lines(wire: "Wire") -> None:
    client = await wire.connect()
    await client.send(b"GET /a HTTP/1.1\nA: b\n\nGET /b HTTP/1.1\r\nA: b\n\r\n" + GET)
    for target in (b"/a", b"/b", b"/latest/"):
        assert await client.reply() == (200, b"GET " + target + b" 0")
    assert [list(m.headers) for m in wire.asked if isinstance(m, Request)][:2] == [[("A", "b")]] * 2


async def test_empty_lines_before_a_request_are_skipped(wire: "Wire") -> None:
    client = await wire.connect()
    await client.send(b"\r\n\r\n\n" + GET + b"\r\n" + GET)
    assert await client.reply() == (200, b"GET /latest/ 0")
    assert await client.reply() == (200, b"GET /latest/ 0")


async def test_a_closing_reply_is_the_last_one(wire: "Wire") -> None:
    say(wire, CLOSING)
    client = await wire.connect()
    await client.send(GET * 3)
    assert (await client.all()).count(b"hello") == 1
    assert len(wire.asked) == 1


async def test_what_is_sent_after_the_last_reply_does_not_reset_it(wire: "Wire") -> None:
    say(wire, CLOSING)
    client = await wire.connect()
    await client.send(GET)
    await wire.until(lambda: len(wire.connections.lingering.seats) == 1)
    for _ in range(20):
        await client.send(b"x" * 10_000)
    assert b"hello" in await client.all()


@pytest.mark.parametrize(
    ("request_text", "stays"),
    [
        pytest.param("GET / HTTP/1.1\r\n", True, id="1.1"),
        pytest.param("GET / HTTP/1.1\r\nConnection: close\r\n", False, id="1.1 that says close"),
        pytest.param(
            "GET / HTTP/1.1\r\nConnection: x, Close\r\n", False, id="1.1, close in a list"
        ),
        pytest.param("GET / HTTP/1.0\r\n", False, id="1.0"),
        pytest.param("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n", True, id="1.0 kept alive"),
    ],
)
async def test_the_client_may_end_the_connection_though_the_surface_would_not(
    wire: "Wire", request_text: str, stays: bool
) -> None:
    client = await wire.connect()
    await client.send(request_text.encode() + b"\r\n")
    if stays:
        await client.reply()
        assert await client.ask(GET) == (200, b"GET /latest/ 0")
    else:
        assert (await client.all()).endswith(b"Connection: close\r\n\r\nGET / 0")
    request = wire.asked[0]
    assert isinstance(request, Request)
    assert request.version == request_text[11:14]


async def test_a_client_that_ends_its_side_still_gets_its_reply(wire: "Wire") -> None:
    client = await wire.connect()
    await client.send(GET)
    client.end()
    assert (await client.all()).endswith(b"GET /latest/ 0")
    await wire.until(lambda: not wire.connections.idle.seats)


async def test_a_client_that_goes_without_a_word_leaves_nothing_behind(wire: "Wire") -> None:
    client = await wire.connect()
    await wire.until(lambda: len(wire.connections) == 1)
    client.close()
    await wire.until(lambda: len(wire.connections) == 0)
    assert wire.asked == []


async def test_replies_are_sent_without_delay(wire: "Wire") -> None:
    client = await wire.connect()
    await client.ask(GET)
    (seat,) = wire.connections.idle.seats
    transport_socket = seat.held._transport.get_extra_info("socket")  # type: ignore[attr-defined]
    assert transport_socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) == 1


async def test_a_bug_in_the_surface_costs_one_connection_and_one_line_in_the_log(
    wire: "Wire", caplog: pytest.LogCaptureFixture
) -> None:
    answer = wire.site.endpoint.answer

    def broken(connection: Connection, message: Message) -> Response:
        if isinstance(message, Request) and message.target == "/bug":
            raise RuntimeError("a bug")
        return answer(connection, message)

    wire.site.endpoint = dataclasses.replace(wire.site.endpoint, answer=broken)
    victim, other = await wire.connect(), await wire.connect()
    await other.ask(GET)
    await victim.send(b"GET /bug HTTP/1.1\r\n\r\n" + GET)
    assert (await victim.all()).endswith(b"broken")
    assert await other.ask(GET) == (200, b"GET /latest/ 0")
    assert [(r.message, r.levelno) for r in caplog.records] == [
        ("wire.answer_failed", logging.ERROR)
    ]


async def test_a_surface_that_cannot_even_say_so_is_cut_off(
    wire: "Wire", caplog: pytest.LogCaptureFixture
) -> None:
    def broken(connection: Connection, message: Message) -> Response:
        raise RuntimeError("a bug")

    wire.site.endpoint = dataclasses.replace(wire.site.endpoint, answer=broken, failed=broken)
    client = await wire.connect()
    await client.send(GET)
    assert await client.is_closed()
    assert [record.message for record in caplog.records] == [
        "wire.answer_failed",
        "wire.failure_not_answered",
    ]


async def test_a_new_label_of_the_listener_holds_for_open_connections(wire: "Wire") -> None:
    client = await wire.connect()
    await client.ask(GET)
    listener = wire.site.listener
    wire.site.listener = Listener(listener.surface, listener.address, "web-2")
    await client.ask(GET)
    assert [connection.instance for connection in wire.via] == [None, "web-2"]


async def test_a_connection_of_a_retired_listener_ends_with_its_next_reply(wire: "Wire") -> None:
    idle, busy = await wire.connect(), await wire.connect()
    await idle.ask(GET)
    await busy.send(GET[:10])
    await wire.until(lambda: len(wire.connections.heads.seats) == 1)
    wire.connections.retire(wire.site)
    assert await idle.is_closed()
    await busy.send(GET[10:])
    assert b"Connection: close" in await busy.all()


async def test_two_thousand_idle_connections_do_not_keep_one_from_being_served(
    wire: "Wire",
) -> None:
    clients = [await wire.connect() for _ in range(2000)]
    await wire.until(lambda: len(wire.connections) == 2000)
    assert await clients[0].ask(GET) == (200, b"GET /latest/ 0")
    assert await clients[-1].ask(GET) == (200, b"GET /latest/ 0")


async def test_nothing_but_requests_is_taken_for_one(wire: "Wire") -> None:
    client = await wire.connect()
    await client.send(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc")  # a TLS client: answered at once
    await client.all()
    assert isinstance(wire.asked[0], Unreadable)


async def test_a_client_that_is_not_allowed_is_closed_before_a_byte_is_read(wire: "Wire") -> None:
    kept = await wire.connect()
    assert (await kept.ask(GET))[0] == 200
    wire.connections.allow((ip_network("10.0.0.0/8"),))
    assert await kept.is_closed()
    assert await (await wire.connect()).is_closed()
    wire.connections.allow((ip_network("127.0.0.1/32"),))
    assert (await (await wire.connect()).ask(GET))[0] == 200
    assert len(wire.asked) == 2
