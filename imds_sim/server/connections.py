"""The table of all open connections: how many there may be, and how long each may wait.

A connection stands in one queue per thing it waits for, longest first, so that neither the sweep
nor making room ever looks at connections whose time has not come.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable
from typing import Protocol

from imds_sim.server.allowed import AllowedClients, Prefixes
from imds_sim.server.site import Site

log = logging.getLogger(__name__)

CONNECTIONS = 2048  # in all
BODIES = 64 * 1024 * 1024  # bytes of unfinished bodies, all connections together
CONNECTIONS_PER_CLIENT = 256  # per address; loopback and the listener's own address have no limit
HEAD_SECONDS = 10.0  # for a head to arrive; also for the first byte of a new connection
BODY_SECONDS = 30.0  # for a whole body to arrive
IDLE_SECONDS = 30.0  # between requests
STALLED_SECONDS = 30.0  # for a reader to take what was written
LINGER_SECONDS = 2.0  # for a client to end its side after the last reply
PERFORMING_SECONDS = 3700.0  # for a fault to play; its delays take an hour at most
SWEEP_SECONDS = 1.0
GRACE_SECONDS = 0.1  # at drain, for the first request of a connection that was just accepted


class Held(Protocol):
    """A connection, as the table sees it."""

    site: Site

    def hang_up(self) -> None:
        """Close once what was written is out; nothing is owed."""
        ...

    def time_out(self) -> None:
        """Answer that the request did not arrive in time, and close."""
        ...

    def give_up(self) -> None:
        """Close now, unless the client has taken more of what was written since the last time."""
        ...

    def drop(self) -> None:
        """Close now, whatever is still to be written."""
        ...


class Timer(Protocol):
    """What the table needs of an event loop. `time` is monotonic, in seconds."""

    def time(self) -> float: ...

    def call_later(self, delay: float, callback: Callable[[], object], /) -> object: ...


class Queue:
    """Connections that wait for the same thing, the longest-waiting first."""

    __slots__ = ("expire", "seats", "seconds")

    def __init__(self, seconds: float, expire: Callable[[Held], None]) -> None:
        self.seconds = seconds
        self.expire = expire
        self.seats: dict[Seat, float] = {}  # since when


class Client:
    """The connections of one address that the limit per client counts."""

    __slots__ = ("address", "count", "idle")

    def __init__(self, address: str) -> None:
        self.address = address
        self.count = 0
        self.idle: dict[Seat, None] = {}


class Seat:
    """The place of one connection in the table."""

    __slots__ = ("client", "held", "peer", "queue")

    def __init__(self, held: Held, queue: Queue, client: Client | None, peer: str) -> None:
        self.held = held
        self.peer = peer
        self.queue = queue
        self.client = client


class Connections:
    """All open connections of the daemon; every operation is O(1), amortised.

    `draining` tells the connections to end with their next reply.
    """

    def __init__(
        self,
        timer: Timer,
        limit: int = CONNECTIONS,
        limit_per_client: int = CONNECTIONS_PER_CLIENT,
    ) -> None:
        self._timer = timer
        self._limit = limit
        self._limit_per_client = limit_per_client
        self._allowed = AllowedClients(timer.time)
        self._clients: dict[str, Client] = {}
        self._sweeping = False
        self._refused = 0  # since the last sweep
        self._held_bytes = 0
        self._closed = False
        self._emptied: asyncio.Future[None] | None = None
        self.draining = False
        self.silent = Queue(HEAD_SECONDS, lambda held: held.hang_up())
        self.idle = Queue(IDLE_SECONDS, lambda held: held.hang_up())
        self.heads = Queue(HEAD_SECONDS, lambda held: held.time_out())
        self.bodies = Queue(BODY_SECONDS, lambda held: held.time_out())
        self.stalled = Queue(STALLED_SECONDS, lambda held: held.give_up())
        self.lingering = Queue(LINGER_SECONDS, lambda held: held.give_up())
        self.performing = Queue(PERFORMING_SECONDS, lambda held: held.drop())
        self._swept = (
            self.performing,
            self.silent,
            self.idle,
            self.heads,
            self.bodies,
            self.stalled,
            self.lingering,
        )
        self.leaving = Queue(float("inf"), lambda held: held.drop())  # closed; the loop will say so

    def __len__(self) -> int:
        return sum([len(queue.seats) for queue in self._swept])

    def admit(self, held: Held, client_address: str | None, peer: str = "") -> Seat | None:
        """Give a new connection its seat, or None if it is to be closed: no room, or not allowed.

        `client_address` is None for a client whom no limit of its own binds; `peer` is the address
        in any case, empty on a unix socket.
        """
        if not self._allowed.admits(peer):
            self._allowed.tell_refused(peer)
            return None
        if self._closed or not self._make_room(client_address):
            return None
        client = None
        if client_address is not None:
            client = self._clients.setdefault(client_address, Client(client_address))
            client.count += 1
        seat = Seat(held, self.silent, client, peer)
        self.silent.seats[seat] = self._timer.time()
        if client is not None:
            client.idle[seat] = None
        if not self._sweeping:
            self._sweeping = True
            self._timer.call_later(SWEEP_SECONDS, self._sweep_again)
        return seat

    def move(self, seat: Seat, queue: Queue) -> None:
        """The connection begins to wait for something else, or for the same anew."""
        seat.queue.seats.pop(seat, None)
        seat.queue = queue
        queue.seats[seat] = self._timer.time()
        if seat.client is not None:
            seat.client.idle.pop(seat, None)
            if queue is self.idle:
                seat.client.idle[seat] = None

    def leave(self, seat: Seat) -> None:
        """The connection is gone."""
        seat.queue.seats.pop(seat, None)
        client = seat.client
        if client is not None:
            seat.client = None
            client.idle.pop(seat, None)
            client.count -= 1
            if not client.count:
                del self._clients[client.address]
        self._tell_if_empty()

    def sweep(self, now: float) -> None:
        """End every wait that has lasted too long at `now` (monotonic seconds)."""
        expired: list[tuple[Seat, Queue]] = []
        for queue in self._swept:
            for seat, since in queue.seats.items():
                if now - since < queue.seconds:
                    break
                expired.append((seat, queue))
        for seat, queue in expired:
            if seat.queue is queue:
                self.move(seat, self.leaving)
                queue.expire(seat.held)

    def hold(self, change: int) -> bool:
        """Count `change` more bytes of unfinished bodies; False if that is too much by now.

        Without it every connection could make the daemon keep the largest body that STS takes.
        """
        self._held_bytes += change
        return self._held_bytes <= BODIES or change <= 0

    def in_flight(self) -> Counter[str]:
        """Requests that have begun and are not answered, by surface."""
        queues = (self.heads, self.bodies, self.performing)
        return Counter(
            seat.held.site.listener.surface.value for queue in queues for seat in queue.seats
        )

    def allow(self, prefixes: Prefixes) -> None:
        """Let only these clients connect, everybody if there are none; others are cut off now."""
        self._allowed.prefixes = prefixes
        for queue in self._swept:
            for seat in [each for each in queue.seats if not self._allowed.admits(each.peer)]:
                self._allowed.tell_refused(seat.peer)
                seat.held.drop()

    def retire(self, site: Site) -> None:
        """Let the connections of a listener that is no more finish; the idle ones end at once."""
        site.retired = True
        for seat in [seat for seat in self.idle.seats if seat.held.site is site]:
            seat.held.hang_up()

    async def drain(self, seconds: float) -> bool:
        """Let open requests finish, and wait until no connection is left.

        To be called when no listener accepts any more. After `seconds` the rest is cut off;
        the answer is whether that was not needed.
        """
        self.draining = True
        for queue in (self.idle, self.lingering):
            for seat in list(queue.seats):
                seat.held.hang_up()
        for seat in list(self.performing.seats):  # what faults keep waiting need not be waited for
            seat.held.drop()
        self._timer.call_later(GRACE_SECONDS, self._end_grace)
        if await self._empties(seconds):
            return True
        log.warning("connections.cut_off", extra={"count": len(self)})
        for queue in self._swept:
            for seat in list(queue.seats):
                seat.held.drop()
        await self._empties(SWEEP_SECONDS)
        return False

    async def _empties(self, seconds: float) -> bool:
        self._emptied = asyncio.get_running_loop().create_future()
        self._tell_if_empty()
        try:
            async with asyncio.timeout(seconds):
                await self._emptied
        except TimeoutError:
            return False
        return True

    def _tell_if_empty(self) -> None:
        if self._emptied is None or self._emptied.done() or len(self) or self.leaving.seats:
            return
        self._emptied.set_result(None)

    def _end_grace(self) -> None:
        self._closed = True
        for seat in list(self.silent.seats):
            seat.held.hang_up()

    def _sweep_again(self) -> None:
        try:
            self.sweep(self._timer.time())
        finally:
            self._sweeping = len(self) > 0
            if self._sweeping:
                self._timer.call_later(SWEEP_SECONDS, self._sweep_again)
        if self._refused:
            log.warning("connections.refused", extra={"count": self._refused})
            self._refused = 0

    def _make_room(self, client_address: str | None) -> bool:
        client = self._clients.get(client_address) if client_address is not None else None
        if client is not None and client.count >= self._limit_per_client:
            victim = next(iter(client.idle), None)
        elif len(self) >= self._limit:
            victim = self._longest_idle()
        else:
            return True
        if victim is None:
            self._refused += 1
            return False
        victim.held.drop()
        return True

    def _longest_idle(self) -> Seat | None:
        heads = [next(iter(q.seats.items())) for q in (self.silent, self.idle) if q.seats]
        if heads:
            return min(heads, key=lambda entry: entry[1])[0]
        return next(iter(self.lingering.seats), None) or next(iter(self.performing.seats), None)
