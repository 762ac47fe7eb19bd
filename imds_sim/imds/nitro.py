"""How the back end of Nitro instances writes its answers: fields, their order, reasons, pages.

Source: recordings of 2020 to 2026; no two of them disagree. `Connection: close` unless the client
asked to keep the connection; then the field is left out (aws-beam/aws_credentials#47).
"""

from dataclasses import dataclass
from http import HTTPStatus

from imds_sim.imds.tree import Content
from imds_sim.kernel.http_date import HttpDates
from imds_sim.kernel.message import NO_NOTES, Notes, Request, Response, reason_phrase

TOKEN_TTL_HEADER = "X-Aws-Ec2-Metadata-Token-Ttl-Seconds"
SERVER = "EC2ws"

REASONS = {HTTPStatus.METHOD_NOT_ALLOWED: "Not Allowed"}  # unlike the rest of the world

NOT_FOUND_PAGE = b"""<?xml version="1.0" encoding="iso-8859-1"?>
<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN"
\t\t "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="en" lang="en">
 <head>
  <title>404 - Not Found</title>
 </head>
 <body>
  <h1>404 - Not Found</h1>
 </body>
</html>
"""

_Fields = tuple[tuple[str, str], ...]
_SERVER: _Fields = (("Server", SERVER),)
_CLOSE: _Fields = (("Connection", "close"),)
_PLAIN: _Fields = (("Content-Type", "text/plain"),)


def keeps_connection(request: Request) -> bool:
    """Whether the connection stays open: HTTP/1.1 and an explicit `Connection: keep-alive`.

    An HTTP/1.0 client could not tell, since no answer says `keep-alive`; it is closed. So is one
    that waits with its body for a `100 Continue` that never comes.
    """
    headers = request.headers
    if "connection" not in headers or request.version == "1.0" or "expect" in headers:
        return False
    elements = headers.elements("connection")
    return "keep-alive" in elements and "close" not in elements


@dataclass(frozen=True, slots=True)
class NitroWriter:
    """Writes every answer that this back end gives."""

    dates: HttpDates

    def item(
        self, found: Content, modified: str, remaining: int | None, keep: bool, notes: Notes
    ) -> Response:
        """What was found in the tree. `remaining` is in seconds, None for IMDSv1."""
        fields = (
            *_ttl(remaining),
            ("Content-Type", found.content_type),
            ("Accept-Ranges", "none"),
            ("Last-Modified", modified),
            ("Content-Length", str(len(found.body))),
            ("Date", self.dates.current()),
            *_SERVER,
            *(() if keep else _CLOSE),
        )
        return Response(200, "OK", fields, found.body, not keep, notes=notes)

    def metadata_token(
        self, metadata_token: str, ttl_seconds: int, keep: bool, notes: Notes
    ) -> Response:
        """A fresh token, with the lifetime that was asked for."""
        return self._short(HTTPStatus.OK, _ttl(ttl_seconds), metadata_token.encode(), keep, notes)

    def page(self, status: HTTPStatus, remaining: int | None, keep: bool, notes: Notes) -> Response:
        """The refusal with a page, 404. The order of its fields is inferred from that of `item`."""
        fields = (
            *_ttl(remaining),
            ("Content-Type", "text/html"),
            ("Content-Length", str(len(NOT_FOUND_PAGE))),
            ("Date", self.dates.current()),
            *_SERVER,
            *(() if keep else _CLOSE),
        )
        return Response(
            status.value, reason_phrase(status), fields, NOT_FOUND_PAGE, not keep, notes=notes
        )

    def empty(
        self,
        status: HTTPStatus,
        *,
        allow: str | None = None,
        keep: bool = False,
        notes: Notes = NO_NOTES,
    ) -> Response:
        """Any other refusal; `allow` becomes the `Allow` field."""
        first = () if allow is None else (("Allow", allow),)
        return self._short(status, first, b"", keep, notes)

    def _short(
        self, status: HTTPStatus, first: _Fields, body: bytes, keep: bool, notes: Notes
    ) -> Response:
        length = (("Content-Length", str(len(body))),)
        date = (("Date", self.dates.current()),)
        if keep:
            fields = (*first, *length, *_PLAIN, *date, *_SERVER)
        else:
            fields = (*first, *length, *date, *_SERVER, *_CLOSE, *_PLAIN)
        reason = REASONS.get(status, reason_phrase(status))
        return Response(status.value, reason, fields, body, not keep, notes=notes)


def _ttl(seconds: int | None) -> _Fields:
    return () if seconds is None else ((TOKEN_TTL_HEADER, str(seconds)),)
