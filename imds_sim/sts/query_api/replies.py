"""How the front end of STS writes its replies: header fields, their order, their ids.

Source: recorded answers; CloudTrail records for the form of the extended request id; the recorded
preflights of many services with the same front end for the CORS fields.
"""

import json
import re
import uuid
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from imds_sim.kernel.clock import Clock
from imds_sim.kernel.entropy import Entropy
from imds_sim.kernel.http_date import HttpDates
from imds_sim.kernel.message import NO_NOTES, Notes, Request, Response, reason_phrase

REQUEST_ID_HEADER = "x-amzn-RequestId"
EXTENDED_REQUEST_ID_HEADER = "x-amz-sts-extended-request-id"
DOCUMENTATION = "https://aws.amazon.com/iam"
UNKNOWN_OPERATION = b"<UnknownOperationException/>\n"
# Only the status and the kind of this page are known.
FORBIDDEN_PAGE = b"<html>\n<head><title>403 Forbidden</title></head>\n<body></body>\n</html>\n"
PREFLIGHT = (
    ("access-control-request-headers", "Access-Control-Allow-Headers"),
    ("access-control-request-method", "Access-Control-Allow-Methods"),
)
_ALPHANUMERICS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_FIELD_VALUE = re.compile(r"[\x20-\x7e]*")
_UNSAFE = re.compile(r"[^\x21-\x7e]")

Fields = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class RequestIds:
    """The two ids of an answer; `plain` is a lower-case UUID and stands in the body too."""

    plain: str
    extended: str

    @property
    def fields(self) -> Fields:
        return (
            (REQUEST_ID_HEADER, self.plain),
            (EXTENDED_REQUEST_ID_HEADER, self.extended),
        )


@dataclass(frozen=True, slots=True)
class ReplyWriter:
    """Writes every reply of the surface."""

    clock: Clock
    entropy: Entropy
    region: str
    dates: HttpDates

    def new_ids(self) -> RequestIds:
        """Ids of one answer."""
        chance = self.entropy.bytes(24, "sts request ids")
        milliseconds = int(self.clock.now().timestamp() * 1000)
        letters = "".join(_ALPHANUMERICS[byte % len(_ALPHANUMERICS)] for byte in chance[16:])
        extended = f"1:{self.region}:S:{milliseconds}:R:{letters}"
        return RequestIds(
            str(uuid.UUID(bytes=chance[:16], version=4)), b64encode(extended.encode()).decode()
        )

    def document(
        self,
        status: HTTPStatus,
        ids: RequestIds,
        media_type: str,
        body: bytes,
        *,
        close: bool,
        notes: Notes,
    ) -> Response:
        """A document of XML or JSON; there is no charset on either."""
        fields = (*ids.fields, ("Content-Type", media_type))
        return self._reply(status, fields, body, close=close, notes=notes)

    def published(self, document: Mapping[str, object], *, close: bool) -> Response:
        """A document for anybody, not of AWS: what an issuer of tokens publishes."""
        body = json.dumps(document, indent=1).encode() + b"\n"
        fields = (("Content-Type", "application/json"), ("Cache-Control", "max-age=60"))
        return self._reply(HTTPStatus.OK, fields, body, close=close)

    def redirect(self, request: Request, *, close: bool) -> Response:
        """To the documentation, as for a request without Action; a GET keeps its query."""
        query = f"?{request.query}" if request.method == "GET" and request.query else ""
        location = DOCUMENTATION + _UNSAFE.sub(_percent, query)
        fields = (*self.new_ids().fields, ("Location", location))
        return self._reply(HTTPStatus.FOUND, fields, close=close)

    def forbidden(self, *, close: bool) -> Response:
        """An HTML page, for a body of an alien content type."""
        fields = (*self.new_ids().fields, ("Content-Type", "text/html"))
        return self._reply(HTTPStatus.FORBIDDEN, fields, FORBIDDEN_PAGE, close=close)

    def unknown_operation(self, *, close: bool) -> Response:
        """For any path but `/`; there is no content type on it."""
        fields = ((REQUEST_ID_HEADER, self.new_ids().plain),)
        return self._reply(HTTPStatus.NOT_FOUND, fields, UNKNOWN_OPERATION, close=close)

    def preflight(self, request: Request, *, close: bool) -> Response:
        """What browsers ask before they send; the answer repeats what was asked for."""
        fields: list[tuple[str, str]] = [
            (REQUEST_ID_HEADER, self.new_ids().plain),
            ("Access-Control-Allow-Origin", "*"),
        ]
        for asked, allowed in PREFLIGHT:
            value = request.headers.get(asked)
            if value is not None and _FIELD_VALUE.fullmatch(value):
                fields.append((allowed, value))
        fields += [
            (
                "Access-Control-Expose-Headers",
                "x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,Date",
            ),
            ("Access-Control-Max-Age", "172800"),
        ]
        return self._reply(HTTPStatus.OK, tuple(fields), close=close)

    def empty(self, status: HTTPStatus, *, close: bool, notes: Notes = NO_NOTES) -> Response:
        """Neither body nor ids: the front end refuses before the service is asked."""
        return self._reply(status, (), close=close, notes=notes)

    def _reply(
        self,
        status: HTTPStatus,
        fields: Fields,
        body: bytes = b"",
        *,
        close: bool,
        notes: Notes = NO_NOTES,
    ) -> Response:
        headers = (
            *fields,
            ("Content-Length", str(len(body))),
            ("Date", self.dates.current()),
            *((("Connection", "close"),) if close else ()),
        )
        return Response(status, reason_phrase(status), headers, body, close=close, notes=notes)


def _percent(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in match[0].encode("latin-1", "replace"))
