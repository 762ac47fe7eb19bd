"""Who is at the other end of a connection, and whether its connections are counted."""

import asyncio
from typing import NamedTuple

from imds_sim.server.distance import hops_of


class Ends(NamedTuple):
    """Both ends of a connection; `hops` is how many routers lie between them, if known."""

    peer: str
    peer_port: int
    local: str
    local_port: int
    hops: int | None


def ends_of(transport: asyncio.Transport) -> Ends:
    """Both ends of an accepted connection. Who is on this machine is no router away."""
    peer, peer_port = address_of(transport.get_extra_info("peername"))
    local, local_port = address_of(transport.get_extra_info("sockname"))
    if not peer:
        hops = None
    elif limited_client(peer, local) is None:
        hops = 0
    else:
        hops = hops_of(transport.get_extra_info("socket"))
    return Ends(peer, peer_port, local, local_port, hops)


def address_of(name: object) -> tuple[str, int]:
    """IP address and port of a socket name; nothing for those of unix sockets."""
    return (name[0], name[1]) if isinstance(name, tuple) else ("", 0)


def limited_client(peer: str, local: str) -> str | None:
    """The address whose connections are counted, or None for one of this machine.

    A client on the same host that connects to an address on `lo` comes from that very address.
    """
    if not peer or peer == local or peer == "::1" or peer.startswith(("127.", "::ffff:127.")):
        return None
    return peer
