"""The head of a request: where it ends, and what httptools reads in it.

The parser gets whole heads and never a body, so that what it refuses is at hand as it came. Where
it is narrower than real servers are, the head is made to fit first: any token is a method (it only
knows those of the registry), and bare line feeds end lines (RFC 9112, 2.2).
"""

import re

import httptools

from imds_sim.kernel.message import Defect, Headers, Request
from imds_sim.server.refusal import MessageRefused

_KNOWN_METHODS = {
    name.encode(): name
    for name in ("GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH")
}
_TOKEN = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")  # RFC 9110, 5.6.2
_REQUEST_LINE = re.compile(_TOKEN.pattern + rb" +[^ \r\n]+ +HTTP/(\d+\.\d+)\r?\n")
_EMPTY_LINE = re.compile(rb"\n\r?\n")
_WHITE = frozenset((b" ", b"\t"))
_VERSIONS = ("1.1", "1.0")


def end_of_head(buffer: bytes, start: int) -> int:
    """The index after the empty line that ends the head begun at `start`, or -1."""
    match = _EMPTY_LINE.search(buffer, start)
    return match.end() if match else -1


def check_beginning(beginning: bytes) -> None:
    """Raise MessageRefused if what arrived of a head can no longer become one.

    Without this a client that speaks another protocol (TLS, say) would wait for the time limit.
    """
    line, line_feed, _ = beginning.partition(b"\n")
    if line_feed:
        _check_request_line(beginning)
    elif not _TOKEN.match(line):
        raise MessageRefused(Defect.MALFORMED, "does not begin with a method")


def _check_request_line(head: bytes) -> None:
    match = _REQUEST_LINE.match(head)
    if match is None:
        raise MessageRefused(Defect.MALFORMED, "the first line is not a request line")
    version = match[1].decode()
    if version not in _VERSIONS:
        raise MessageRefused(Defect.VERSION, f"HTTP/{version}")


class HeadReader:
    """Reads the heads of one connection, one after the other; remembers the last one."""

    __slots__ = (
        "_fields",
        "_parser",
        "_target",
        "has_body",
        "headers",
        "keeps_open",
        "method",
        "version",
    )

    def __init__(self) -> None:
        self._parser: httptools.HttpRequestParser | None = None
        self._fields: list[tuple[str, str]] = []
        self._target = b""
        self.method = ""
        self.version = ""
        self.headers = Headers()
        self.has_body = False  # whether a body is announced, be it empty
        self.keeps_open = False  # whether the client lets the connection live on (RFC 9112, 9.3)

    def read(self, head: bytes) -> None:
        """Take in a whole head, empty line included. Raises MessageRefused."""
        token = head[: head.find(b" ")]
        method = _KNOWN_METHODS.get(token)
        if method is None:
            if not _TOKEN.fullmatch(token):
                raise MessageRefused(Defect.MALFORMED, "the method is not a token")
            method = token.decode("latin-1")
            head = b"GET" + head[len(token) :]
        self.method = method
        version = self._parse(head)
        if version not in _VERSIONS:  # `GET /` alone counts as 0.9
            self._parser = None
            _check_request_line(head)
        self.version = version
        self.headers = headers = Headers(self._fields)
        self.has_body = "content-length" in headers or "transfer-encoding" in headers
        if self.has_body or not self.keeps_open:
            self._parser = None  # it would wait for the body, or take no more

    def request(self, body: bytes) -> Request:
        """The last head and this body as a request."""
        target = self._target.decode("latin-1")
        return Request(self.method, target, self.headers, body, self.version)

    def _parse(self, head: bytes) -> str:
        parser = self._parser
        if parser is None:
            parser = self._parser = httptools.HttpRequestParser(self)
        self._fields = []
        try:
            parser.feed_data(head)
        except httptools.HttpParserUpgrade:
            self._parser = None  # an offer that no surface takes up: an ordinary request
        except httptools.HttpParserError as error:
            self._parser = None
            if head.count(b"\n") > head.count(b"\r\n"):
                return self._parse(head.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
            _check_request_line(head)
            raise MessageRefused(Defect.MALFORMED, str(error)) from None
        return parser.get_http_version()

    def on_url(self, target: bytes) -> None:
        """Called by the parser."""
        self._target = target

    def on_header(self, name: bytes, value: bytes) -> None:
        """Called by the parser, once a field."""
        if value[-1:] in _WHITE:
            value = value.strip(b" \t")
        self._fields.append((name.decode("latin-1"), value.decode("latin-1")))

    def on_headers_complete(self) -> None:
        """Called by the parser; later it has forgotten."""
        if self._parser is not None:
            self.keeps_open = self._parser.should_keep_alive()
