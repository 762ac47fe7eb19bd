"""How the back end of Xen instances writes its answers: HTTP/1.0, always closed, fields by name.

Source: recordings of 2016 to 2023 (jtblin/aws-mock-metadata#3, uswitch/kiam#116, chef/ohai#995);
field order of 200 as recorded in 2023, that of refusals inferred from it.
"""

from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import quote

from imds_sim.imds.nitro import NOT_FOUND_PAGE as NITRO_PAGE
from imds_sim.imds.nitro import REASONS, SERVER, TOKEN_TTL_HEADER
from imds_sim.imds.tree import Content
from imds_sim.kernel.http_date import HttpDates
from imds_sim.kernel.message import NO_NOTES, Notes, Response, reason_phrase

VERSION = "HTTP/1.0"
NOT_FOUND_PAGE = NITRO_PAGE.replace(b"\t\t ", b" " * 9)  # 345 bytes

_Fields = tuple[tuple[str, str], ...]
_END: _Fields = (("Connection", "close"), ("Server", SERVER))


@dataclass(frozen=True, slots=True)
class XenWriter:
    """Writes every answer that this back end gives; no connection is kept, whatever is asked."""

    dates: HttpDates

    def item(
        self, found: Content, modified: str, remaining: int | None, keep: bool, notes: Notes
    ) -> Response:
        """What was found in the tree. `remaining` is in seconds, None for IMDSv1."""
        fields = (
            ("Accept-Ranges", "bytes"),
            *self._content(found.content_type, found.body),
            ("Last-Modified", modified),
            *_ttl(remaining),
        )
        return self._response(HTTPStatus.OK, fields, found.body, notes)

    def moved(self, names: tuple[str, ...], remaining: int | None, notes: Notes) -> Response:
        """A directory that was asked for without its final slash."""
        place = f"http://169.254.169.254/{quote('/'.join(names), safe='/:=@+,')}/"
        fields = (
            ("Content-Length", "0"),
            ("Date", self.dates.current()),
            ("Location", place),
            *_ttl(remaining),
        )
        return self._response(HTTPStatus.MOVED_PERMANENTLY, fields, b"", notes)

    def metadata_token(
        self, metadata_token: str, ttl_seconds: int, keep: bool, notes: Notes
    ) -> Response:
        """A fresh token, with the lifetime that was asked for."""
        body = metadata_token.encode()
        fields = (*self._content("text/plain", body), *_ttl(ttl_seconds))
        return self._response(HTTPStatus.OK, fields, body, notes)

    def page(self, status: HTTPStatus, remaining: int | None, keep: bool, notes: Notes) -> Response:
        """The refusal with a page, 404."""
        fields = (*self._content("text/html", NOT_FOUND_PAGE), *_ttl(remaining))
        return self._response(status, fields, NOT_FOUND_PAGE, notes)

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
        return self._response(status, (*first, *self._content("text/plain", b"")), b"", notes)

    def _content(self, content_type: str, body: bytes) -> _Fields:
        return (
            ("Content-Length", str(len(body))),
            ("Content-Type", content_type),
            ("Date", self.dates.current()),
        )

    def _response(self, status: HTTPStatus, fields: _Fields, body: bytes, notes: Notes) -> Response:
        reason = REASONS.get(status, reason_phrase(status))
        return Response(status.value, reason, (*fields, *_END), body, version=VERSION, notes=notes)


def _ttl(seconds: int | None) -> _Fields:
    return () if seconds is None else ((TOKEN_TTL_HEADER, str(seconds)),)
