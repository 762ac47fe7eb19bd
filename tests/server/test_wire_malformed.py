from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from imds_sim.kernel.message import Defect, Request, Unreadable
from imds_sim.server.limits import Limits

if TYPE_CHECKING:
    from tests.server.conftest import Wire

HEAD = Limits().head


@pytest.mark.parametrize(
    ("sent", "defect"),
    [
        pytest.param("GET / HTTP/1.1\r\nA : b", Defect.MALFORMED, id="space before the colon"),
        pytest.param("GET / HTTP/1.1\r\nA: b\r\n c", Defect.MALFORMED, id="folded line"),
        pytest.param("GET / HTTP/1.1\r\n A: b", Defect.MALFORMED, id="space before the first name"),
        pytest.param("GET / HTTP/1.1\r\nno colon", Defect.MALFORMED, id="no colon"),
        pytest.param("GET / HTTP/1.1\r\n: b", Defect.MALFORMED, id="no name"),
        pytest.param("GET / HTTP/1.1\r\nA: b\0c", Defect.MALFORMED, id="NUL in a value"),
        pytest.param("GET / HTTP/1.1\r\nA\0: b", Defect.MALFORMED, id="NUL in a name"),
        pytest.param("GET /\0 HTTP/1.1", Defect.MALFORMED, id="NUL in the target"),
        pytest.param("GET / HTTP/1.1\r\nA: b\rc", Defect.MALFORMED, id="bare CR"),
        pytest.param("GET / HTTP/1.1\nA: b\n c", Defect.MALFORMED, id="bare LF and a folded line"),
        pytest.param("GET /a b HTTP/1.1", Defect.MALFORMED, id="space in the target"),
        pytest.param("GET latest HTTP/1.1", Defect.MALFORMED, id="target without slash"),
        pytest.param("G@T / HTTP/1.1", Defect.MALFORMED, id="method that is no token"),
        pytest.param(" GET / HTTP/1.1", Defect.MALFORMED, id="space before the method"),
        pytest.param("GET /", Defect.MALFORMED, id="no version"),
        pytest.param("GET / http/1.1", Defect.MALFORMED, id="version in lower case"),
        pytest.param("GET / HTTP/1.1 ", Defect.MALFORMED, id="space after the version"),
        pytest.param("GET / HTTP/0.9", Defect.VERSION, id="0.9"),
        pytest.param("GET / HTTP/1.2", Defect.VERSION, id="1.2"),
        pytest.param("FOO / HTTP/2.0", Defect.VERSION, id="2.0"),
        pytest.param("PRI * HTTP/2.0", Defect.VERSION, id="preface of HTTP/2"),
        pytest.param(
            "GET / HTTP/1.1\r\nContent-Length: -5", Defect.MALFORMED, id="negative length"
        ),
        pytest.param("GET / HTTP/1.1\r\nContent-Length: +5", Defect.MALFORMED, id="signed length"),
        pytest.param("GET / HTTP/1.1\r\nContent-Length: 5, 5", Defect.MALFORMED, id="two in one"),
        pytest.param("GET / HTTP/1.1\r\nContent-Length:", Defect.MALFORMED, id="empty length"),
        pytest.param(
            "GET / HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6",
            Defect.MALFORMED,
            id="two lengths",
        ),
        pytest.param(
            "GET / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked",
            Defect.MALFORMED,
            id="length and chunked",
        ),
        pytest.param(
            "GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 5",
            Defect.MALFORMED,
            id="chunked and length",
        ),
        pytest.param(
            "GET / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked", Defect.MALFORMED, id="gzip"
        ),
        pytest.param(
            "GET / HTTP/1.0\r\nTransfer-Encoding: chunked", Defect.MALFORMED, id="chunked in 1.0"
        ),
    ],
)
@pytest.mark.parametrize("before", [b"", b"GET /first HTTP/1.1\r\n\r\n"], ids=["first", "kept"])
async def test_what_is_no_request_is_answered_by_the_surface_and_is_the_last(
    wire: "Wire", sent: str, defect: Defect, before: bytes
) -> None:
    head = sent.encode() + b"\r\n\r\n"
    client = await wire.connect()
    await client.send(before + head + b"GET /smuggled HTTP/1.1\r\n\r\n")
    assert (await client.all()).endswith(defect.name.encode())
    unreadable = wire.asked[-1]
    assert isinstance(unreadable, Unreadable)
    assert unreadable.defect is defect
    assert len(wire.asked) == (2 if before else 1)


async def test_the_surface_gets_the_head_as_it_came(wire: "Wire") -> None:
    client = await wire.connect()
    await client.send(b"FOO / HTTP/1.1\r\nA : b\r\n\r\nthe rest")
    await client.all()
    (unreadable,) = wire.asked
    assert isinstance(unreadable, Unreadable)
    assert unreadable.head == b"FOO / HTTP/1.1\r\nA : b\r\n\r\n"
    assert unreadable.detail


@pytest.mark.parametrize(
    ("length", "fits"),
    [pytest.param(HEAD, True, id="limit"), pytest.param(HEAD + 1, False, id="one more")],
)
@pytest.mark.parametrize("in_parts", [False, True])
async def test_a_head_may_have_sixteen_kibibytes(
    wire: "Wire", length: int, fits: bool, in_parts: bool
) -> None:
    head = b"GET / HTTP/1.1\r\nA: "
    head += b"x" * (length - len(head) - 4) + b"\r\n\r\n"
    client = await wire.connect()
    if in_parts:
        await client.send(head[:-1])
        await wire.until(lambda: len(wire.connections.silent.seats) == 0)
        if fits:
            await client.send(head[-1:])
    else:
        await client.send(head)
    assert (await client.reply())[1] == (b"GET / 0" if fits else b"HEAD_TOO_LARGE")
    if not fits:
        (unreadable,) = wire.asked
        assert isinstance(unreadable, Unreadable)
        assert unreadable.head == head[:HEAD]


async def test_ten_thousand_fields_are_a_head_too_large(wire: "Wire") -> None:
    client = await wire.connect()
    await client.send(b"GET / HTTP/1.1\r\n" + b"a:b\r\n" * 10_000 + b"\r\n")
    assert (await client.all()).endswith(b"HEAD_TOO_LARGE")


async def test_thousands_of_fields_that_fit_are_served(wire: "Wire") -> None:
    client = await wire.connect()
    assert await client.ask(b"GET / HTTP/1.1\r\n" + b"a:b\r\n" * 3_000 + b"\r\n") == (
        200,
        b"GET / 0",
    )
    (request,) = wire.asked
    assert isinstance(request, Request)
    assert len(request.headers) == 3_000


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(b"GET / HTTP/1.1\r\nA: b\r\n", id="within the head"),
        pytest.param(b"PUT / HTTP/1.1\r\nContent-Length: 5\r\n\r\nabc", id="within the body"),
        pytest.param(
            b"PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", id="within a chunk"
        ),
    ],
)
async def test_a_client_that_ends_within_a_request_is_told(wire: "Wire", sent: bytes) -> None:
    client = await wire.connect()
    await client.send(sent)
    client.end()
    assert (await client.all()).endswith(b"MALFORMED")


PIECES = [
    b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    b"FOO /%zz HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
    b"PUT /a HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc",
    b"POST /b HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    b"POST /c HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc",
    b"GET /d HTTP/1.1\nUpgrade: h2c\nConnection: upgrade\n\n",
    b"HEAD / HTTP/1.1\r\n\r\n",
]
MUTATIONS = [
    b"",
    b"\0",
    b"\r",
    b"\n",
    b"\r\n",
    b" ",
    b":",
    b"\xff",
    b"0",
    b"-",
    b"9" * 30,
    b"chunked",
]


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    pieces=st.lists(st.sampled_from(PIECES), min_size=1, max_size=3),
    places=st.lists(
        st.tuples(st.integers(0, 400), st.integers(0, 3), st.sampled_from(MUTATIONS)), max_size=4
    ),
    cut=st.integers(0, 400),
)
async def test_whatever_is_sent_is_answered_or_the_connection_closed(
    wire: "Wire",
    caplog: pytest.LogCaptureFixture,
    pieces: list[bytes],
    places: list[tuple[int, int, bytes]],
    cut: int,
) -> None:
    sent = b"".join(pieces)
    for place, length, insert in places:
        place %= len(sent) + 1
        sent = sent[:place] + insert + sent[place + length :]
    client = await wire.connect()
    await client.send(sent[:cut])
    await client.send(sent[cut:])
    client.end()
    received = await client.all()
    client.close()
    assert received.count(b" Said\r\n") >= (1 if sent.strip(b"\r\n") else 0)
    assert caplog.records == []
