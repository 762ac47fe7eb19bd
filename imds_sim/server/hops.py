"""The IP TTL, or hop limit, of one connection's packets: lowered for an answer, restored later.

The kernel reads it whenever it sends a packet, retransmissions included. So it stays low until the
client has acknowledged the answer: restored at once, the first retransmission would bring the
answer to a client that is too far away.
"""

import array
import asyncio
import fcntl
import socket
import sys
import termios
from typing import cast

_IPV4 = (socket.IPPROTO_IP, socket.IP_TTL)
_IPV6 = (socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS)
_SIOCOUTQ = termios.TIOCOUTQ  # of a TCP socket: bytes that the client has not acknowledged


class Hops:
    """Of one connection over TCP; does nothing elsewhere than on Linux."""

    __slots__ = ("_socket", "_transport", "_usual")

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._socket: socket.socket | None = None
        self._usual: dict[tuple[int, int], int] = {}

    def follow(self, hops: int | None) -> None:
        """Let what is written next travel so far, 1 to 255; None: as far as it goes."""
        if hops is not None:
            self.limit(hops)
        elif self._usual:
            self.restore()

    def limit(self, hops: int) -> None:
        """Let packets travel so far, 1 to 255."""
        if not sys.platform.startswith("linux"):
            return
        # asyncio's and uvloop's sockets look like one.
        self._socket = cast(socket.socket, self._transport.get_extra_info("socket"))
        # A client of IPv4 on a socket of IPv6 goes by the option of IPv4.
        is_ipv6 = self._socket.family == socket.AF_INET6
        for option in (_IPV4, _IPV6) if is_ipv6 else (_IPV4,):
            usual = self._socket.getsockopt(*option)
            self._usual.setdefault(option, usual)
            self._socket.setsockopt(*option, hops)

    def restore(self) -> None:
        """Let packets travel as far as before, if all that was written has arrived."""
        if self._socket is None or self._transport.get_write_buffer_size():
            return
        if not self._unacknowledged(self._socket):
            for option, usual in self._usual.items():
                self._socket.setsockopt(*option, usual)
            self._usual = {}

    @staticmethod
    def _unacknowledged(connection: socket.socket) -> int:
        count = array.array("i", [0])
        fcntl.ioctl(connection.fileno(), _SIOCOUTQ, count)
        return count[0]
