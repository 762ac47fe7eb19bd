import asyncio
import socket
from collections.abc import Iterator

import pytest

from imds_sim.server.hops import Hops


@pytest.fixture(params=[socket.AF_INET, socket.AF_INET6])
def pair(request: pytest.FixtureRequest) -> Iterator[tuple[socket.socket, socket.socket]]:
    """Both ends of a connection over loopback, the server's first."""
    host = "127.0.0.1" if request.param == socket.AF_INET else "::1"
    with (
        socket.create_server((host, 0), family=request.param) as listening,
        socket.create_connection(listening.getsockname()[:2]) as client,
    ):
        server, _ = listening.accept()
        with server:
            yield server, client


def ttl(of: socket.socket) -> int:
    if of.family == socket.AF_INET6:
        return of.getsockopt(socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS)
    return of.getsockopt(socket.IPPROTO_IP, socket.IP_TTL)


class Written(asyncio.Transport):
    """A transport that has handed everything to the kernel."""

    def get_write_buffer_size(self) -> int:
        return 0


@pytest.mark.skipif("sys.platform != 'linux'")
def test_a_limit_holds_until_everything_has_arrived(
    pair: tuple[socket.socket, socket.socket],
) -> None:
    server, client = pair
    usual, hops = ttl(server), Hops(Written({"socket": server}))
    hops.limit(1)
    hops.limit(3)
    assert ttl(server) == 3
    # More than fits into both buffers: some of it cannot have been acknowledged.
    server.setblocking(False)
    sent = 0
    try:
        while True:
            sent += server.send(b"x" * 65536)
    except BlockingIOError:
        pass
    hops.follow(None)
    assert ttl(server) == 3
    while sent:
        sent -= len(client.recv(65536))
    hops.restore()
    assert ttl(server) == usual
    hops.restore()
