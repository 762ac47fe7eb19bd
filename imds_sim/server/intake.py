"""The bytes of one connection on their way to become requests, in order."""

from imds_sim.kernel.message import Defect, Request
from imds_sim.server.body import Body, body_after
from imds_sim.server.head import HeadReader, check_beginning, end_of_head
from imds_sim.server.limits import Limits
from imds_sim.server.refusal import MessageRefused


class Intake:
    """Holds what has arrived and is not served yet: `_buffer` from `_at` on, and a begun body.

    `keeps_open` says of the last request whether the connection may live on after it;
    `owes_continue` that the client waits for a `100 Continue` before it sends the body.
    """

    __slots__ = ("_at", "_body", "_buffer", "_head", "_reader", "keeps_open", "owes_continue")

    def __init__(self) -> None:
        self._reader = HeadReader()
        self._buffer = b""
        self._at = 0
        self._head = b""  # of the request whose body is still to come
        self._body: Body | None = None
        self.keeps_open = True
        self.owes_continue = False

    @property
    def in_body(self) -> bool:
        """Whether a body has begun and is not whole."""
        return self._body is not None

    @property
    def held(self) -> int:
        """How many bytes of a body have arrived that is not whole."""
        return 0 if self._body is None else self._body.held

    @property
    def is_empty(self) -> bool:
        """Whether nothing has arrived of a next request."""
        return self._body is None and self._at >= len(self._buffer)

    def feed(self, data: bytes) -> None:
        """Add what has arrived."""
        if self._at < len(self._buffer):
            data = self._buffer[self._at :] + data
        self._buffer = data
        self._at = 0

    def next_request(self, limits: Limits) -> Request | None:
        """The next request, or None if it is not whole yet. Raises MessageRefused."""
        if self._body is None and not self._read_head(limits):
            return None
        body = self._body
        if body is None:
            return self._reader.request(b"")
        self._at = body.feed(self._buffer, self._at)
        if not body.complete:
            return None
        self._body = None
        return self._reader.request(body.content())

    def head_so_far(self, limits: Limits) -> bytes:
        """What has arrived of the head of the request in hand, at most the limit."""
        if self._body is not None:
            return self._head
        limit = self._at + limits.head
        end = end_of_head(self._buffer, self._at)
        return self._buffer[self._at : limit if end < 0 else min(end, limit)]

    def _read_head(self, limits: Limits) -> bool:
        """Read the next head, if it is whole; `_body` is then what is still to come."""
        buffer, start = self._buffer, self._at
        while start < len(buffer) and buffer[start] in b"\r\n":  # RFC 9112, 2.2
            start += 1
        self._at = start
        end = end_of_head(buffer, start)
        if (end if end >= 0 else len(buffer) + 1) - start > limits.head:
            raise MessageRefused(Defect.HEAD_TOO_LARGE, f"at most {limits.head} bytes are taken")
        if end < 0:
            if start < len(buffer):
                check_beginning(buffer[start:])
            return False
        head = buffer[start:end]
        reader = self._reader
        reader.read(head)
        body = body_after(reader.headers, reader.version, limits.body) if reader.has_body else None
        self.keeps_open = reader.keeps_open
        self._at = end
        if body is not None:
            self._head = head
            self._begin_body(body, limits)
        return True

    def _begin_body(self, body: Body, limits: Limits) -> None:
        expected = (self._reader.headers.get("expect") or "").lower() == "100-continue"
        if expected and not limits.continues:
            self.keeps_open = False  # what follows may be the body or the next request
            return
        self._body = body
        self.owes_continue = expected and self._reader.version == "1.1"
