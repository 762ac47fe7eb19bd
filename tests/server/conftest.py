import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

import pytest
import uvloop

from imds_sim.kernel.address import TcpAddress
from imds_sim.kernel.exchange import Connection, Surface
from imds_sim.kernel.message import Request, Response
from imds_sim.server.connections import Connections
from imds_sim.server.limits import Limits
from imds_sim.server.site import Endpoint, Message, Site
from imds_sim.server.wire import WireProtocol
from imds_sim.workloads.listener import Listener
from tests.waiting import PATIENCE

Answer = Callable[[Connection, Message], Response]


def pytest_asyncio_loop_factories() -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    return {"uvloop": uvloop.new_event_loop}


def reply(status: int, body: bytes, close: bool) -> Response:
    fields = (("Content-Length", str(len(body))), *([("Connection", "close")] if close else []))
    return Response(status, "Said", fields, body, close)


@dataclass
class Client:
    """A client that speaks bytes."""

    socket: socket.socket
    _read: bytes = b""

    async def send(self, data: bytes) -> None:
        await asyncio.get_running_loop().sock_sendall(self.socket, data)

    async def receive(self) -> bytes:
        """Whatever comes next; empty at the end."""
        async with asyncio.timeout(PATIENCE):
            return await asyncio.get_running_loop().sock_recv(self.socket, 65536)

    async def reply(self, bodiless: bool = False) -> tuple[int, bytes]:
        """Status and body of the next reply."""
        while b"\r\n\r\n" not in self._read:
            self._read += await self._more()
        head, _, rest = self._read.partition(b"\r\n\r\n")
        status = int(head.split(b" ")[1])
        length = 0
        if status != 100 and not bodiless:
            length = int(head.partition(b"Content-Length: ")[2].partition(b"\r\n")[0])
        while len(rest) < length:
            rest += await self._more()
        self._read = rest[length:]
        return status, rest[:length]

    async def ask(self, data: bytes) -> tuple[int, bytes]:
        await self.send(data)
        return await self.reply()

    async def all(self) -> bytes:
        """Everything up to the end of the server's side."""
        data = self._read
        while more := await self.receive():
            data += more
        return data

    async def is_closed(self) -> bool:
        """Wait for the server's end; nothing may come before it."""
        try:
            return await self.all() == b""
        except ConnectionResetError:
            return True

    def end(self) -> None:
        """No more requests, but replies are read."""
        self.socket.shutdown(socket.SHUT_WR)

    def read_fast(self) -> None:
        """Take more at once from now on."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)

    def close(self) -> None:
        self.socket.close()

    async def _more(self) -> bytes:
        data = await self.receive()
        assert data, "the server ended before its reply did"
        return data


@dataclass
class Wire:
    """The protocol under test on a port of its own, and what the surface was asked."""

    site: Site
    connections: Connections
    server: asyncio.Server
    asked: list[Message] = field(default_factory=list)
    via: list[Connection] = field(default_factory=list)
    clients: list[Client] = field(default_factory=list)

    @property
    def port(self) -> int:
        port: int = self.server.sockets[0].getsockname()[1]
        return port

    async def connect(self, receive_buffer: int | None = None) -> Client:
        """A new client; `receive_buffer` limits what it takes without reading."""
        connecting = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        connecting.setblocking(False)
        if receive_buffer is not None:
            connecting.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        client = Client(connecting)
        self.clients.append(client)
        await asyncio.get_running_loop().sock_connect(connecting, ("127.0.0.1", self.port))
        return client

    async def until(self, condition: Callable[[], bool]) -> None:
        """Let the loop run until `condition` holds."""
        async with asyncio.timeout(PATIENCE):
            while not condition():  # noqa: ASYNC110 - what is waited for has no event
                await asyncio.sleep(0)

    def sweep_after(self, seconds: float) -> None:
        """Sweep as if so much time had passed."""
        self.connections.sweep(asyncio.get_running_loop().time() + seconds)


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    """A surface that says what it was asked: `METHOD target length-of-body`, or the defect."""

    def answer(connection: Connection, message: Message) -> Response:
        served.asked.append(message)
        served.via.append(connection)
        if isinstance(message, Request):
            body = f"{message.method} {message.target} {len(message.body)}".encode()
            return reply(200, body, close=False)
        return reply(400, message.defect.name.encode(), close=True)

    def failed(connection: Connection, message: Message) -> Response:
        return reply(500, b"broken", close=True)

    listener = Listener(Surface.STS, TcpAddress("127.0.0.1", 0))
    site = Site(listener, Endpoint(answer, failed, Limits()))
    loop = asyncio.get_running_loop()
    connections = Connections(loop)
    server = await loop.create_server(lambda: WireProtocol(site, connections), "127.0.0.1", 0)
    served = Wire(site, connections, server)
    yield served
    for client in served.clients:
        client.close()
    server.close()
    await connections.drain(PATIENCE)
