"""One connection of a client to a surface that imitates AWS. Knows HTTP/1, knows no AWS."""

import asyncio
import logging
from typing import cast

from imds_sim.kernel.exchange import Connection
from imds_sim.kernel.message import Defect, Request, Response, Unreadable
from imds_sim.kernel.plan import End, WirePlan
from imds_sim.server.connections import Connections, Queue, Seat
from imds_sim.server.hops import Hops
from imds_sim.server.intake import Intake
from imds_sim.server.peer import ends_of, limited_client
from imds_sim.server.performance import Performance
from imds_sim.server.refusal import MessageRefused
from imds_sim.server.site import Message, Site

log = logging.getLogger(__name__)

TURN = 32  # pipelined requests that are served before other connections get their turn
OUTPUT_LIMIT = 64 * 1024  # bytes a client may leave unread before its next request has to wait
LINGER_LIMIT = 16 * 1024 * 1024  # bytes that are thrown away after the last reply
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_NOTHING = float("inf")


class WireProtocol(asyncio.Protocol):
    """Serves one connection: requests in, replies out, in order, one at a time.

    Nothing is served while the client does not take its replies (`_paused`), other connections have
    their turn or a fault plays with a reply (`_yielding`). After the last reply (`_ending`) the
    client's further bytes are thrown away until it ends its side: a socket that is closed over
    unread bytes resets the connection, and the reply with it.
    """

    def __init__(self, site: Site, connections: Connections) -> None:
        self.site = site
        self._connections = connections
        self._intake = Intake()
        self._admitted = False
        self._paused = False
        self._yielding = False
        self._ended = False  # the client has ended its side
        self._ending = False
        self._discarded = 0
        self._held = 0  # bytes of an unfinished body, as the table of connections counts them
        self._unsent = _NOTHING  # bytes the client had not taken when it was last looked at
        self._performance: Performance | None = None

    # Called by the event loop.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take a seat among the connections, or close again where none is to be had."""
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is not derived from it
        self._ends = ends_of(self._transport)
        self._hops = Hops(self._transport)
        self._describe()
        limited = limited_client(self._ends.peer, self._ends.local)
        seat = self._connections.admit(self, limited, self._ends.peer)
        if seat is None:
            self._ending = True
            self._transport.abort()
            return
        self._seat: Seat = seat
        self._admitted = True
        self._transport.set_write_buffer_limits(high=OUTPUT_LIMIT, low=0)

    def connection_lost(self, exception: Exception | None) -> None:
        """Give the seat back."""
        self._ending = True
        if self._performance is not None:
            self._performance.cancel()
        self._connections.hold(-self._held)
        if self._admitted:
            self._connections.leave(self._seat)

    def data_received(self, data: bytes) -> None:
        """Serve what is whole by now."""
        if self._ending:
            self._discard(len(data))
            return
        self._intake.feed(data)
        if not (self._paused or self._yielding):
            self._advance()
        elif self._performance is not None:
            self._transport.pause_reading()  # one piece ahead is enough
        if self._intake.in_body or self._held:
            self._count_held()

    def eof_received(self) -> bool:
        """The client sends no more; it may well be reading. True keeps our side open."""
        self._ended = True
        if self._ending:
            return False
        if self._performance is not None and self._performance.is_silent:
            self.drop()
            return False
        if not (self._paused or self._yielding):
            self._advance()
        return True

    def pause_writing(self) -> None:
        """The client does not take its replies: it gets no more of them."""
        self._paused = True
        self._unsent = self._transport.get_write_buffer_size()
        self._transport.pause_reading()
        self._connections.move(self._seat, self._connections.stalled)

    def resume_writing(self) -> None:
        """The client has taken everything."""
        self._paused = False
        self._unsent = _NOTHING
        self._transport.resume_reading()
        if self._ending:
            self._connections.move(self._seat, self._connections.lingering)
            return
        self._connections.move(self._seat, self._connections.idle)
        if not self._yielding:
            self._advance()

    # Called by the table of connections.

    def hang_up(self) -> None:
        """Close once what was written is out; nothing is owed."""
        self._ending = True
        table, unsent = self._connections, self._transport.get_write_buffer_size()
        self._transport.close()
        table.move(self._seat, table.lingering if unsent else table.leaving)

    def time_out(self) -> None:
        """Answer that the request did not arrive in time, and close."""
        self._refuse(MessageRefused(Defect.TIMEOUT, "the rest did not arrive in time"))

    def give_up(self) -> None:
        """Close now, unless the client has taken more of what was written since the last time."""
        unsent = self._transport.get_write_buffer_size()
        if not 0 < unsent < self._unsent:
            self.drop()
            return
        self._unsent = unsent
        self._connections.move(self._seat, self._connections.stalled)

    def drop(self) -> None:
        """Close now, whatever is still to be written."""
        self._ending = True
        if self._transport.get_write_buffer_size():
            self._transport.abort()
        else:
            self._transport.close()
        self._connections.move(self._seat, self._connections.leaving)

    # From bytes to messages.

    def _advance(self) -> None:
        """Serve the requests that are there, in order."""
        intake = self._intake
        for _ in range(TURN):
            if intake.is_empty:
                if self._ended:
                    self.hang_up()
                return
            if not self._serve_next():
                break
            if self._ending or self._paused or self._yielding:
                return
        else:
            self._yielding = True
            self._transport.pause_reading()
            asyncio.get_running_loop().call_soon(self._take_turn)
            return
        if self._ended and not intake.is_empty:
            self._refuse(MessageRefused(Defect.MALFORMED, "the client ended within a request"))
        elif self._ended:
            self.hang_up()
        elif intake.in_body:
            self._wait_in(self._connections.bodies)
        elif not intake.is_empty:
            self._wait_in(self._connections.heads)

    def _take_turn(self) -> None:
        self._yielding = False
        if self._ending or self._paused:
            return
        self._transport.resume_reading()
        self._advance()

    def _serve_next(self) -> bool:
        """Serve the next request; False if it is not whole yet."""
        intake = self._intake
        try:
            request = intake.next_request(self.site.endpoint.limits)
        except MessageRefused as refused:
            self._refuse(refused)
            return True
        if request is not None:
            self._answer(request, intake.keeps_open)
        elif intake.owes_continue:
            intake.owes_continue = False
            self._transport.write(_CONTINUE)
        return request is not None

    def _refuse(self, refused: MessageRefused) -> None:
        """Let the surface answer what is no request, and end."""
        head = self._intake.head_so_far(self.site.endpoint.limits)
        self._answer(Unreadable(head, refused.defect, refused.detail), keeps_open=False)

    def _count_held(self) -> None:
        """Tell the table what is held of a body; refuse it where all of them are too much."""
        held = 0 if self._ending else self._intake.held
        fits = self._connections.hold(held - self._held)
        self._held = held
        if not fits:
            self._refuse(MessageRefused(Defect.BODY_TOO_LARGE, "too much is arriving at once"))
            self._intake = Intake()
            self._connections.hold(-held)
            self._held = 0

    def _wait_in(self, queue: Queue) -> None:
        if self._seat.queue is not queue:  # the limit holds for the whole, not between two bytes
            self._connections.move(self._seat, queue)

    # From messages to bytes.

    def _answer(self, message: Message, keeps_open: bool) -> None:
        if self.site.listener is not self._listener:
            self._describe()
        try:
            response = self.site.endpoint.answer(self._connection, message)
            self._deliver(response, message, keeps_open)
        except Exception:
            log.exception("wire.answer_failed", extra={"surface": self._connection.surface.value})
            self._admit_failure(message)

    def _admit_failure(self, message: Message) -> None:
        """Answer as the surface does when something inside it broke, and end."""
        try:
            response = self.site.endpoint.failed(self._connection, message)
            self._deliver(response, message, keeps_open=False)
        except Exception:
            log.exception("wire.failure_not_answered")
            self.drop()

    def _deliver(self, response: Response, message: Message, keeps_open: bool) -> None:
        """Send a reply: the one place through which replies pass."""
        table = self._connections
        if not response.close and (not keeps_open or table.draining or self.site.retired):
            response = response.ending()
        self._hops.follow(response.hops)
        is_head = isinstance(message, Request) and message.method == "HEAD"
        head, body = response.head(), b"" if is_head else response.payload
        if response.plan is not None:
            self._perform(response.plan, response.close, (head, body))
            return
        self._transport.write(head + body)
        if response.close:
            self._finish()
        elif not self._paused:
            table.move(self._seat, table.idle)

    def _perform(self, plan: WirePlan, close: bool, reply: tuple[bytes, bytes]) -> None:
        """Let a fault have its way with a reply; the next request waits for its end."""

        def finished() -> None:
            self._performance = None
            if close or plan.end is not End.AS_WRITTEN:
                self._transport.resume_reading()
                self._finish()
                return
            self._connections.move(self._seat, self._connections.idle)
            asyncio.get_running_loop().call_soon(self._take_turn)

        self._yielding = True
        self._connections.move(self._seat, self._connections.performing)
        timer = asyncio.get_running_loop()
        self._performance = Performance(plan, reply, self._transport, finished, timer)
        self._performance.begin()

    def _finish(self) -> None:
        """End our side once everything is written, then wait for the client to end its own."""
        self._ending = True
        table = self._connections
        if self._ended or table.draining:
            self._transport.close()
        else:
            self._transport.write_eof()
        if not self._paused:
            table.move(self._seat, table.lingering)

    def _discard(self, count: int) -> None:
        self._discarded += count
        if self._discarded > LINGER_LIMIT:
            self.drop()

    def _describe(self) -> None:
        """Say anew over what requests come; a reload may have given the listener another label."""
        self._listener = self.site.listener
        self._connection = Connection(self._listener.surface, self._listener.instance, *self._ends)
