"""Who is at the other end of a connection, and whether its connections are counted."""


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
