"""How many routers away a client is, by the IP TTL that was left of its packets.

Linux keeps that of the handshake for an accepted connection: ip(7), IP_PKTOPTIONS; ipv6(7). So it
costs a few system calls per connection, no privilege, and nothing per request.
"""

import socket
import struct
import sys

# By family: the option that makes the kernel tell, the one it tells by (its second value is the old
# IPV6_2292PKTOPTIONS, which Python has no name for), and the control message. The option of IPv6
# serves IPv4 clients of its sockets too; that of IPv4 would tell an IPv6 client's multicast TTL.
_OPTIONS = {
    socket.AF_INET: (socket.IPPROTO_IP, 12, 9, 2),  # IP_RECVTTL, IP_PKTOPTIONS, IP_TTL
    socket.AF_INET6: (socket.IPPROTO_IPV6, 51, 6, 52),  # IPV6_RECVHOPLIMIT, ..., IPV6_HOPLIMIT
}
_ROOM = 256
_MESSAGE = struct.Struct("@Nii")  # struct cmsghdr: length, level, type
_VALUE = struct.Struct("@i")
_ALIGNED = struct.calcsize("@N")  # where the next one begins
_STARTS = (64, 128, 255)  # Linux and macOS; Windows; others
_FURTHEST = 32  # no path on the Internet is known to be longer; a guess beyond it is none


def hops_of(accepted: socket.socket) -> int | None:
    """Routers between this host and the client of an accepted TCP connection; None if unknown.

    `accepted` may be what asyncio and uvloop give as a transport's socket.
    """
    options = _OPTIONS.get(accepted.family)
    if options is None or not sys.platform.startswith("linux"):
        return None
    level, switch, told, kind = options
    # uvloop's stand-in for a socket makes a copy of the descriptor for each call.
    borrowed = socket.socket(accepted.family, accepted.type, 0, fileno=accepted.fileno())
    try:
        borrowed.setsockopt(level, switch, 1)
        messages = borrowed.getsockopt(level, told, _ROOM)
        borrowed.setsockopt(level, switch, 0)  # or the kernel keeps a copy of every later packet
    except OSError:  # a kernel that does not tell
        return None
    finally:
        borrowed.detach()
    ttl = _ttl_in(messages, level, kind)
    return None if ttl is None else distance(ttl)


def distance(ttl: int) -> int | None:
    """Routers that took one off a TTL on its way, by the start that fits best; None if none does.

    A client with a start of its own looks nearer or further than it is.
    """
    hops = min((start - ttl for start in _STARTS if start >= ttl), default=-1)
    return hops if 0 <= hops <= _FURTHEST else None


def _ttl_in(messages: bytes, level: int, kind: int) -> int | None:
    """The value of a control message, walked through as CMSG_NXTHDR of cmsg(3) does."""
    at = 0
    while at + _MESSAGE.size + _VALUE.size <= len(messages):
        length, its_level, its_kind = _MESSAGE.unpack_from(messages, at)
        if (its_level, its_kind) == (level, kind):
            value: int = _VALUE.unpack_from(messages, at + _MESSAGE.size)[0]
            return value
        if length < _MESSAGE.size:
            return None
        at += -(-length // _ALIGNED) * _ALIGNED
    return None
