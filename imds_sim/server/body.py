"""The body of a request: how its end is known, and its bytes put together."""

import re
from typing import Protocol

from imds_sim.kernel.message import Defect, Headers
from imds_sim.server.refusal import MessageRefused

_CHUNK_LINE = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\x00\r\n]*)?")
_TRAILER_LINE = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[^\x00\r\n]*")
LINE_LIMIT = 4096  # bytes of one chunk-size or trailer line
TRAILERS_LIMIT = 16 * 1024  # bytes of all trailer lines; they are dropped


class Body(Protocol):
    """A body that is still arriving."""

    complete: bool

    @property
    def held(self) -> int:
        """How many bytes have arrived."""
        ...

    def feed(self, buffer: bytes, at: int) -> int:
        """Take what belongs to the body from `at` on and return the index behind it.

        Raises MessageRefused.
        """
        ...

    def content(self) -> bytes:
        """What has arrived."""
        ...


def body_after(headers: Headers, version: str, limit: int) -> Body | None:
    """The body that a head announces, or None. Raises MessageRefused, at once if it is too long.

    The parser has refused contradictions already; this looks again, since two readings of one
    length are how requests are smuggled.
    """
    coding, length = headers.get("transfer-encoding"), headers.get("content-length")
    if coding is not None:
        if length is not None or version != "1.1" or coding.lower() != "chunked":
            raise MessageRefused(Defect.MALFORMED, "Transfer-Encoding not understood")
        return ChunkedBody(limit)
    if length is None or length == "0":
        return None
    if not (length.isascii() and length.isdigit()):
        raise MessageRefused(Defect.MALFORMED, "Content-Length is not a number")
    digits = length.lstrip("0")
    if len(digits) > len(str(limit)) or int(digits or "0") > limit:
        raise MessageRefused(Defect.BODY_TOO_LARGE, f"at most {limit} bytes are taken")
    return SizedBody(int(digits)) if digits else None


class SizedBody:
    """A body of as many bytes as `Content-Length` said."""

    __slots__ = ("_content", "_missing", "complete")

    def __init__(self, length: int) -> None:
        self._content = bytearray()
        self._missing = length
        self.complete = False

    def feed(self, buffer: bytes, at: int) -> int:
        """Take up to what is missing."""
        end = min(len(buffer), at + self._missing)
        self._content += buffer[at:end]
        self._missing -= end - at
        self.complete = not self._missing
        return end

    @property
    def held(self) -> int:
        """How many bytes have arrived."""
        return len(self._content)

    def content(self) -> bytes:
        """What has arrived."""
        return bytes(self._content)


class ChunkedBody:
    """A body in the chunked coding (RFC 9112, 7.1); extensions and trailers are dropped.

    Stricter than most: lines end in CR LF. Lenience in this place is how requests are smuggled.
    """

    __slots__ = ("_content", "_limit", "_missing", "_trailers", "_trailing", "complete")

    def __init__(self, limit: int) -> None:
        self._content = bytearray()
        self._limit = limit
        self._missing = 0  # bytes up to the end of this chunk, its line end included
        self._trailing = False  # the last chunk is in
        self._trailers = 0
        self.complete = False

    def feed(self, buffer: bytes, at: int) -> int:
        """Take whole lines, and of chunks whatever is there."""
        while not self.complete:
            if self._missing:
                taken = self._take_chunk(buffer, at)
                if not taken:
                    return at
                at += taken
                continue
            end = buffer.find(b"\r\n", at, at + LINE_LIMIT)
            if end < 0:
                if len(buffer) - at >= LINE_LIMIT:
                    raise MessageRefused(Defect.MALFORMED, "a chunk or trailer line is too long")
                return at
            line = buffer[at:end]
            at = end + 2
            if self._trailing:
                self._take_trailer(line)
            else:
                self._take_size(line)
        return at

    @property
    def held(self) -> int:
        """How many bytes have arrived."""
        return len(self._content)

    def content(self) -> bytes:
        """What has arrived."""
        return bytes(self._content)

    def _take_chunk(self, buffer: bytes, at: int) -> int:
        if self._missing > 2:
            taken = min(self._missing - 2, len(buffer) - at)
            self._content += buffer[at : at + taken]
            self._missing -= taken
            return taken
        line_end = buffer[at : at + 2]
        if line_end == b"\r\n":
            self._missing = 0
            return 2
        if line_end in (b"", b"\r"):
            return 0
        raise MessageRefused(Defect.MALFORMED, "a chunk is longer than it said")

    def _take_size(self, line: bytes) -> None:
        match = _CHUNK_LINE.fullmatch(line)
        if match is None:
            raise MessageRefused(Defect.MALFORMED, "not a chunk size")
        size = int(match[1], 16)
        if len(self._content) + size > self._limit:
            raise MessageRefused(Defect.BODY_TOO_LARGE, f"at most {self._limit} bytes are taken")
        self._missing = size + 2 if size else 0
        self._trailing = not size

    def _take_trailer(self, line: bytes) -> None:
        if not line:
            self.complete = True
            return
        self._trailers += len(line) + 2
        if self._trailers > TRAILERS_LIMIT or not _TRAILER_LINE.fullmatch(line):
            raise MessageRefused(Defect.MALFORMED, "not a trailer")
