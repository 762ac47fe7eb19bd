import asyncio
import os
import socket
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from imds_sim.kernel.address import BoundAddress, TcpAddress, UnixAddress
from imds_sim.kernel.exchange import Connection, Surface
from imds_sim.kernel.message import Response
from imds_sim.server.binding import CannotBind
from imds_sim.server.connections import Connections
from imds_sim.server.limits import LIMITS
from imds_sim.server.listeners import Listeners
from imds_sim.server.site import Endpoint, Message
from imds_sim.workloads.listener import Listener

if TYPE_CHECKING:
    from tests.server.conftest import Client

GET = b"GET / HTTP/1.1\r\n\r\n"
FREE = TcpAddress("127.0.0.1", 0)


def endpoint(listener: Listener) -> Endpoint:
    """Says by which label it was reached."""

    def answer(connection: Connection, message: Message) -> Response:
        body = f"{connection.surface.value} {connection.instance}".encode()
        return Response(200, "OK", (("Content-Length", str(len(body))),), body, close=False)

    return Endpoint(answer, answer, LIMITS[listener.surface])


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="imds-sim-") as name:
        yield Path(name)


@pytest.fixture
async def listeners() -> AsyncIterator[Listeners]:
    connections = Connections(asyncio.get_running_loop())
    listeners = Listeners(endpoint, connections)
    yield listeners
    listeners.close()
    await connections.drain(5)


def addresses(listeners: Listeners) -> list[BoundAddress]:
    return [address for _, address in listeners.bound()]


async def connect(address: BoundAddress) -> "Client":
    from tests.server.conftest import Client

    unix = isinstance(address, UnixAddress)
    connecting = socket.socket(socket.AF_UNIX if unix else socket.AF_INET)
    connecting.setblocking(False)
    where = address.path if isinstance(address, UnixAddress) else (address.host, address.port)
    try:
        await asyncio.get_running_loop().sock_connect(connecting, where)
    except OSError:
        connecting.close()
        raise
    return Client(connecting)


async def ask(address: BoundAddress) -> bytes:
    client = await connect(address)
    try:
        return (await client.ask(GET))[1]
    finally:
        client.close()


async def test_each_listener_answers_with_its_own_label(listeners: Listeners) -> None:
    wanted = [
        Listener(Surface.IMDS, FREE),
        Listener(Surface.IMDS, FREE, "web-1"),
        Listener(Surface.STS, FREE),
    ]
    await listeners.reconcile(wanted)
    assert [listener for listener, _ in listeners.bound()] == wanted
    assert [await ask(address) for address in addresses(listeners)] == [
        b"imds None",
        b"imds web-1",
        b"sts None",
    ]


async def test_a_surface_can_stand_on_a_unix_socket(listeners: Listeners, folder: Path) -> None:
    path = folder / "sts.sock"
    await listeners.reconcile([Listener(Surface.STS, UnixAddress(str(path)))])
    assert addresses(listeners) == [UnixAddress(str(path))]
    assert await ask(UnixAddress(str(path))) == b"sts None"
    listeners.close()
    assert not path.exists()


async def test_a_unix_socket_that_is_no_longer_ours_is_left_alone(
    listeners: Listeners, folder: Path
) -> None:
    path = folder / "sts.sock"
    await listeners.reconcile([Listener(Surface.STS, UnixAddress(str(path)))])
    path.rename(folder / "moved")
    path.write_text("another's")
    listeners.close()
    assert path.read_text() == "another's"
    os.unlink(folder / "moved")


async def test_what_stays_keeps_its_socket_and_its_connections(listeners: Listeners) -> None:
    imds, sts = Listener(Surface.IMDS, FREE), Listener(Surface.STS, FREE)
    await listeners.reconcile([imds])
    (before,) = addresses(listeners)
    client = await connect(before)
    await client.ask(GET)
    await listeners.reconcile([sts, imds])
    assert addresses(listeners)[1] == before
    assert (await client.ask(GET))[1] == b"imds None"
    assert await ask(before) == b"imds None"
    client.close()


async def test_another_instance_at_the_same_address_needs_no_new_socket(
    listeners: Listeners,
) -> None:
    await listeners.reconcile([Listener(Surface.IMDS, FREE, "web-1")])
    (address,) = addresses(listeners)
    fixed = Listener(Surface.IMDS, address, "web-1")
    await listeners.reconcile([])
    await listeners.reconcile([fixed])
    client = await connect(address)
    assert (await client.ask(GET))[1] == b"imds web-1"
    await listeners.reconcile([Listener(Surface.IMDS, address, "web-2")])
    assert (await client.ask(GET))[1] == b"imds web-2"
    await listeners.reconcile([Listener(Surface.STS, address)])
    assert (await client.ask(GET))[1] == b"sts None"
    assert await ask(address) == b"sts None"
    client.close()


async def test_what_is_dropped_accepts_no_more(listeners: Listeners) -> None:
    await listeners.reconcile([Listener(Surface.IMDS, FREE), Listener(Surface.STS, FREE)])
    imds, sts = addresses(listeners)
    idle, busy = await connect(imds), await connect(imds)
    await idle.ask(GET)
    await busy.send(GET[:5])
    await asyncio.sleep(0)
    await listeners.reconcile([Listener(Surface.STS, FREE)])
    assert addresses(listeners) == [sts]
    assert await idle.is_closed()
    await busy.send(GET[5:])
    assert (await busy.all()).endswith(b"Connection: close\r\n\r\nimds None")
    with pytest.raises(ConnectionRefusedError):
        await connect(imds)
    for client in (idle, busy):
        client.close()


async def test_one_that_cannot_be_bound_leaves_everything_as_it_was(
    listeners: Listeners, folder: Path
) -> None:
    await listeners.reconcile([Listener(Surface.IMDS, FREE)])
    before = listeners.bound()
    path = folder / "sts.sock"
    with socket.create_server(("127.0.0.1", 0)) as foreign:
        taken = TcpAddress(*foreign.getsockname())
        with pytest.raises(CannotBind, match=f"^sts of web-1 cannot listen on {taken}: "):
            await listeners.reconcile(
                [
                    Listener(Surface.ECS, UnixAddress(str(path))),
                    Listener(Surface.STS, taken, "web-1"),
                ]
            )
    assert listeners.bound() == before
    assert not path.exists()
    assert await ask(addresses(listeners)[0]) == b"imds None"


async def test_after_close_nothing_is_accepted_and_open_connections_live_on(
    listeners: Listeners,
) -> None:
    await listeners.reconcile([Listener(Surface.IMDS, FREE)])
    (address,) = addresses(listeners)
    client = await connect(address)
    await client.ask(GET)
    listeners.close()
    assert listeners.bound() == []
    assert (await client.ask(GET))[1] == b"imds None"
    with pytest.raises(ConnectionRefusedError):
        await connect(address)
    client.close()
