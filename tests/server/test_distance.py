import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from imds_sim.server.distance import distance, hops_of

IPV4 = (socket.IPPROTO_IP, socket.IP_TTL)
IPV6 = (socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS)


@contextmanager
def accepted(listens_on: str, client: str, ttl: int) -> Iterator[socket.socket]:
    """The server's end of a connection whose client sends with such a TTL."""
    family = socket.AF_INET6 if ":" in listens_on else socket.AF_INET
    with ExitStack() as stack:
        both = listens_on == "::"
        listening = stack.enter_context(
            socket.create_server((listens_on, 0), family=family, dualstack_ipv6=both)
        )
        asking = stack.enter_context(
            socket.socket(socket.AF_INET6 if ":" in client else socket.AF_INET)
        )
        asking.setsockopt(*(IPV6 if ":" in client else IPV4), ttl)
        asking.connect((client, listening.getsockname()[1]))
        yield stack.enter_context(listening.accept()[0])


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells the TTL of the handshake")
@pytest.mark.parametrize(
    ("listens_on", "client"),
    [
        pytest.param("127.0.0.1", "127.0.0.1", id="IPv4"),
        pytest.param("::1", "::1", id="IPv6"),
        pytest.param("::", "127.0.0.1", id="IPv4 on a socket of both"),
        pytest.param("::", "::1", id="IPv6 on a socket of both"),
    ],
)
@pytest.mark.parametrize(("ttl", "hops"), [(64, 0), (63, 1), (128, 0), (125, 3), (253, 2)])
def test_the_distance_is_what_routers_took_off_the_ttl_of_the_handshake(
    listens_on: str, client: str, ttl: int, hops: int
) -> None:
    with accepted(listens_on, client, ttl) as server:
        assert hops_of(server) == hops
        assert hops_of(server) == hops, "to look again changes nothing"
        server.sendall(b"still a socket")


def test_a_socket_in_the_file_system_has_no_distance() -> None:
    here, there = socket.socketpair()
    with here, there:
        assert hops_of(here) is None


@pytest.mark.parametrize(
    ("ttl", "hops"),
    [(32, 32), (31, None), (96, 32), (95, None), (65, None), (223, 32), (1, None), (0, None)],
)
def test_a_start_that_is_too_far_off_is_no_guess(ttl: int, hops: int | None) -> None:
    assert distance(ttl) == hops
