"""The answers of a Go server: what net/http writes around, and instead of, a handler's own.

Source: Go 1.26, net/http/server.go (extraHeader.Write, chunkWriter.writeHeader, conn.serve), and
the bytes of a server made of the same libraries as the originals: gorilla/mux 1.8.0 and tollbooth
4.0.2 (amazon-ecs-agent), chi 5.2.3 (aws-lambda-runtime-interface-emulator).
"""

import re
from dataclasses import dataclass
from http import HTTPStatus

from imds_sim.kernel.http_date import HttpDates
from imds_sim.kernel.message import (
    NO_NOTES,
    Defect,
    Headers,
    Notes,
    Request,
    Response,
    Unreadable,
    reason_phrase,
)

Fields = tuple[tuple[str, str], ...]

TEXT = "text/plain; charset=utf-8"
NOT_FOUND = "404 page not found"

BUFFER = 2048  # bytes; net/http knows the length of a body that fits, and sends others in chunks

# Stands for a request that is not known any more.
UNKNOWN = Request("GET", "/", Headers((("Connection", "close"),)))

_CLOSE = ("Connection", "close")
_LINE_BREAKS = {ord("\r"): " ", ord("\n"): " "}
_HOST = re.compile(r"[A-Za-z0-9!$%&'()*+,\-.:;=\[\]_~]*", re.ASCII)  # httpguts.ValidHostHeader

# Status and the detail that follows its phrase. Go would read on after a body that is too large,
# and leave without a word when a request does not arrive in time.
_DEFECTS: dict[Defect, tuple[HTTPStatus, str]] = {
    Defect.MALFORMED: (HTTPStatus.BAD_REQUEST, ""),
    Defect.HEAD_TOO_LARGE: (HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, ""),
    Defect.BODY_TOO_LARGE: (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, ""),
    Defect.VERSION: (HTTPStatus.HTTP_VERSION_NOT_SUPPORTED, ": unsupported protocol version"),
    Defect.TIMEOUT: (HTTPStatus.REQUEST_TIMEOUT, ""),
}


@dataclass(frozen=True, slots=True)
class GoServer:
    """Writes replies as net/http does: the handler's fields sorted, then its own."""

    dates: HttpDates

    def reply(
        self,
        request: Request,
        status: HTTPStatus,
        fields: Fields,
        body: bytes = b"",
        *,
        sniffed: str | None = None,
        notes: Notes = NO_NOTES,
    ) -> Response:
        """A handler's reply. `sniffed` is the content type where the handler gave none."""
        written = [(name, value.translate(_LINE_BREAKS)) for name, value in sorted(fields)]
        written.append(("Date", self.dates.current()))
        fits = len(body) <= BUFFER
        if fits and (body or request.method != "HEAD"):
            written.append(("Content-Length", str(len(body))))
        if sniffed is not None:
            written.append(("Content-Type", sniffed))
        close, connection = _connection(request)
        chunked = not fits and request.method != "HEAD" and request.version != "1.0"
        if not (fits or chunked or request.method == "HEAD"):
            close, connection = True, None  # to HTTP/1.0 the end of the connection is the end
        if connection is not None:
            written.append(("Connection", connection))
        if chunked:
            written.append(("Transfer-Encoding", "chunked"))
        return Response(
            status.value,
            reason_phrase(status),
            tuple(written),
            body,
            close,
            f"HTTP/{request.version}",
            notes,
            chunked,
        )

    def error(
        self,
        request: Request,
        status: HTTPStatus,
        text: str,
        fields: Fields = (),
        notes: Notes = NO_NOTES,
    ) -> Response:
        """What http.Error writes: plain text and a line feed."""
        own = (("Content-Type", TEXT), ("X-Content-Type-Options", "nosniff"))
        return self.reply(request, status, (*own, *fields), f"{text}\n".encode(), notes=notes)

    def not_found(self, request: Request, fields: Fields = ()) -> Response:
        """The page that every router answers where it has no route."""
        return self.error(request, HTTPStatus.NOT_FOUND, NOT_FOUND, fields)

    def before_any_handler(self, request: Request) -> Response | None:
        """The reply to a request that never reaches a handler, or None if it does."""
        headers = request.headers
        hosts = headers.all("host")
        if len(hosts) > 1:
            return refused(HTTPStatus.BAD_REQUEST)
        if not hosts and request.version == "1.1" and request.method != "CONNECT":
            return refused(HTTPStatus.BAD_REQUEST, ": missing required Host header")
        if hosts and _HOST.fullmatch(hosts[0]) is None:
            return refused(HTTPStatus.BAD_REQUEST, ": malformed Host header")
        if headers.get("expect") and not _first_lists(request, "expect", "100-continue"):
            return self._expectation_failed(request)
        if request.method == "OPTIONS" and request.target == "*":
            return self._options(request)
        return None

    def refuse(self, unreadable: Unreadable) -> Response:
        """Answer bytes that are no request, and close."""
        status, detail = _DEFECTS[unreadable.defect]
        return refused(status, detail, unreadable.detail or unreadable.defect.value)

    def _expectation_failed(self, request: Request) -> Response:
        status = HTTPStatus.EXPECTATION_FAILED
        length = () if request.method == "HEAD" else (("Content-Length", "0"),)
        fields = (_CLOSE, ("Date", self.dates.current()), *length)
        version = f"HTTP/{request.version}"
        return Response(status.value, reason_phrase(status), fields, version=version)

    def _options(self, request: Request) -> Response:
        # The one reply whose handler sets Content-Length itself, so that it comes first.
        reply = self.reply(request, HTTPStatus.OK, ())
        date, length, *connection = reply.headers
        fields = (length, date, *connection)
        return Response(
            reply.status, reply.reason, fields, close=reply.close, version=reply.version
        )


def refused(status: HTTPStatus, detail: str = "", note: str | None = None) -> Response:
    """What net/http writes when it cannot make a request of the bytes: no date, no length."""
    text = f"{reason_phrase(status)}{detail}"
    return Response(
        status.value,
        text,
        (("Content-Type", TEXT), _CLOSE),
        f"{status.value} {text}".encode(),
        notes=Notes(detail=note),
    )


def _first_lists(request: Request, name: str, element: str) -> bool:
    # Where Go asks Header.get, repeats of the field do not count.
    first = request.headers.get(name) or ""
    return element in [each.strip() for each in first.lower().split(",")]


def _connection(request: Request) -> tuple[bool, str | None]:
    """Whether the connection ends with the reply, and the value of the field that says so."""
    headers = request.headers
    if request.version == "1.0":
        keep = _first_lists(request, "connection", "keep-alive")
        return (False, "keep-alive") if keep else (True, None)
    # A body that still waits for `100 Continue` is not read; the connection cannot go on.
    unread = bool(request.body) and _first_lists(request, "expect", "100-continue")
    close = unread or headers.lists("connection", "close")
    return close, "close" if close else None
