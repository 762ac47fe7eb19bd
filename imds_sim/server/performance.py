"""A reply on its way out as a fault wants it: late, in drops, cut, as a reset, or never."""

import asyncio
import socket
import struct
import sys
from collections.abc import Callable
from itertools import pairwise
from typing import Protocol

from imds_sim.kernel.plan import End, WirePlan

DROPS = 10  # pieces that a dripping reply comes in
_NO_LINGER = struct.pack("ii", 1, 0)  # close() then sends a reset


class Cancellable(Protocol):
    """A call that is to come, as the loop gives it."""

    def cancel(self) -> None: ...


class Timer(Protocol):
    """What is needed of an event loop."""

    def call_later(self, delay: float, callback: Callable[[], None], /) -> Cancellable: ...


class Performance:
    """Carries out one plan on one transport. `finished` is told once the reply is written.

    A reset and a silence never finish.
    """

    def __init__(
        self,
        plan: WirePlan,
        reply: tuple[bytes, bytes],
        transport: asyncio.Transport,
        finished: Callable[[], None],
        timer: Timer,
    ) -> None:
        """`reply` is its head and its body."""
        self._plan = plan
        self._transport = transport
        self._finished = finished
        self._timer = timer
        self._coming: Cancellable | None = None
        self._left = _pieces(plan, *reply)

    @property
    def is_silent(self) -> bool:
        """Whether nothing will ever come."""
        return self._plan.end is End.SILENCE

    def begin(self) -> None:
        """Do what is to be done now, and arrange for the rest."""
        if self.is_silent:
            return
        if self._plan.delay:
            self._coming = self._timer.call_later(self._plan.delay, self._go_on)
        else:
            self._go_on()

    def cancel(self) -> None:
        """The connection is gone."""
        if self._coming is not None:
            self._coming.cancel()

    def _go_on(self) -> None:
        if self._plan.end is End.RESET:
            reset(self._transport)
            return
        piece = self._left.pop(0)
        if self._plan.end is End.HALF_CLOSE and not self._left:
            hold_until_the_end(self._transport)
        self._transport.write(piece)
        if self._left:
            pause = self._plan.drip / (DROPS - 1)
            self._coming = self._timer.call_later(pause, self._go_on)
        else:
            self._finished()


def reset(transport: asyncio.Transport) -> None:
    """End a connection with a reset; one on a unix socket, which knows none, just ends."""
    if opened := _tcp(transport):
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
    transport.abort()


def hold_until_the_end(transport: asyncio.Transport) -> None:
    """Let what is written next and the end of our side arrive together, where TCP can.

    Else a client that is fast enough asks again before the end comes, and nothing would tell
    whether it does: how a busy machine divides its time would decide.
    """
    if sys.platform == "linux" and (opened := _tcp(transport)):
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 1)


def _tcp(transport: asyncio.Transport) -> socket.socket | None:
    """Its socket, unless that is one of another kind."""
    opened: socket.socket | None = transport.get_extra_info("socket")
    is_tcp = opened is not None and opened.family in (socket.AF_INET, socket.AF_INET6)
    return opened if is_tcp else None


def _pieces(plan: WirePlan, head: bytes, body: bytes) -> list[bytes]:
    """What is to be written, in pieces of about the same size; never none."""
    data = head + body
    if plan.end is End.CUT:
        data = head + body[: len(body) // 2] if body else head[: len(head) // 2]
    if not plan.drip:
        return [data]
    edges = [len(data) * number // DROPS for number in range(DROPS + 1)]
    return [data[start:end] for start, end in pairwise(edges)]
