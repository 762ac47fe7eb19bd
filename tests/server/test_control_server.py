import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from imds_sim.kernel.address import TcpAddress
from imds_sim.server.binding import bind_tcp
from imds_sim.server.control_server import ControlServer, LimitedServer
from tests.server.conftest import Client
from tests.waiting import PATIENCE

ASK = b"GET /who HTTP/1.1\r\nHost: x\r\n\r\n"
WAIT = b"GET /wait HTTP/1.1\r\nHost: x\r\n\r\n"
HALF = b"POST /read HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n"


class Surface:
    """Answers at once, after the body, or when `go` is set."""

    def __init__(self) -> None:
        self.began = asyncio.Event()
        self.go = asyncio.Event()

    async def answer(self, request: web.BaseRequest) -> web.Response:
        self.began.set()
        if request.path == "/wait":
            await self.go.wait()
        await request.read()
        return web.Response(text=request.path)


Connect = Callable[[], Awaitable[Client]]


@asynccontextmanager
async def limited(
    surface: Surface, limit: int, head_seconds: float = 3600
) -> AsyncIterator[Connect]:
    loop = asyncio.get_running_loop()
    served = LimitedServer(surface.answer, limit, head_seconds)
    clients: list[Client] = []
    server = await loop.create_server(served, "127.0.0.1", 0)
    place = server.sockets[0].getsockname()

    async def connect() -> Client:
        connecting = socket.socket()
        connecting.setblocking(False)
        clients.append(Client(connecting))
        await loop.sock_connect(connecting, place)
        return clients[-1]

    try:
        yield connect
    finally:
        for client in clients:
            client.close()
        server.close()
        await served.shutdown(0)


async def body_of(client: Client) -> bytes:
    """The body of its next reply; the client may have to be told of nothing else."""
    data = b""
    while not data.endswith((b"/who", b"/wait", b"/read")):
        more = await client.receive()
        assert more, data
        data += more
    assert data.startswith(b"HTTP/1.1 200 OK\r\n")
    return data.rpartition(b"\r\n")[2]


async def asked(client: Client) -> bytes:
    await client.send(ASK)
    return await body_of(client)


async def test_as_many_as_the_limit_stay_connected() -> None:
    async with limited(Surface(), limit=2) as connect:
        first, second = await connect(), await connect()
        for client in (first, second, first, second):
            assert await asked(client) == b"/who"


async def test_one_more_ends_the_one_that_has_asked_for_nothing_longest() -> None:
    async with limited(Surface(), limit=2) as connect:
        first = await connect()
        assert await asked(first) == b"/who"
        second = await connect()
        assert await asked(second) == b"/who"
        assert await asked(first) == b"/who"
        third = await connect()
        assert await second.is_closed()
        assert await asked(third) == b"/who"
        assert await asked(first) == b"/who"


async def test_a_connection_with_an_open_request_is_not_ended_for_another() -> None:
    surface = Surface()
    async with limited(surface, limit=1) as connect:
        first = await connect()
        await first.send(WAIT)
        await surface.began.wait()
        second = await connect()
        assert await second.is_closed()
        surface.go.set()
        assert await body_of(first) == b"/wait"
        third = await connect()
        assert await asked(third) == b"/who"


async def test_connections_that_had_to_go_are_told_of_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with limited(Surface(), limit=1) as connect:
        many = [await connect() for _ in range(5)]
        assert await asked(many[-1]) == b"/who"
    assert [record.message for record in caplog.records] == ["control.connections_closed"]


@pytest.mark.parametrize("said", [b"", b"GET /who HTTP/1.1\r\nHo"])
async def test_a_connection_without_a_whole_head_in_time_is_closed(said: bytes) -> None:
    async with limited(Surface(), limit=1, head_seconds=0.05) as connect:
        client = await connect()
        await client.send(said)
        assert await client.is_closed()


async def test_the_time_for_a_head_is_not_that_of_the_answer() -> None:
    surface = Surface()
    async with limited(surface, limit=2, head_seconds=0.05) as connect:
        working, silent = await connect(), await connect()
        await working.send(WAIT)
        assert await silent.is_closed()
        surface.go.set()
        assert await body_of(working) == b"/wait"


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    with bind_tcp(TcpAddress("127.0.0.1", 0), "test") as opened:
        yield opened


@asynccontextmanager
async def opened(
    listening: socket.socket, surface: Surface, request: bytes
) -> AsyncIterator[tuple[ControlServer, Client]]:
    """A server at work on a request that is not answered yet, and who made it."""
    server = ControlServer(surface.answer)
    await server.start([listening])
    loop = asyncio.get_running_loop()
    with socket.socket() as connecting:
        connecting.setblocking(False)
        await loop.sock_connect(connecting, listening.getsockname())
        await loop.sock_sendall(connecting, request)
        await surface.began.wait()
        yield server, Client(connecting)


@pytest.mark.parametrize("open_request", [WAIT, HALF])
async def test_the_end_does_not_wait_for_an_open_request(
    listening: socket.socket, open_request: bytes
) -> None:
    async with opened(listening, Surface(), open_request) as (server, client):
        async with asyncio.timeout(PATIENCE / 2):
            await server.stop()
        assert await client.is_closed()


async def test_the_end_lets_an_answer_out_that_comes_soon(listening: socket.socket) -> None:
    surface = Surface()
    async with opened(listening, surface, WAIT) as (server, client), asyncio.TaskGroup() as tasks:
        stopping = tasks.create_task(server.stop())
        asyncio.get_running_loop().call_soon(surface.go.set)
        assert await body_of(client) == b"/wait"
        await stopping
