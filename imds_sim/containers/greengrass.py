"""The token exchange service of Greengrass v2: empty errors, a body without content type.

Source: aws-greengrass-nucleus, tes/CredentialRequestHandler.java and HttpServerImpl.java; the bytes
are those of the JDK's own HTTP server, which it stands on (tests/containers/recorded). The path of
the configuration stands for its fixed one.
"""

from http import HTTPStatus

from imds_sim.containers.go_json import marshal
from imds_sim.containers.go_url import GoUrl
from imds_sim.credentials.provider import CredentialSet, Refused
from imds_sim.kernel.http_date import HttpDates
from imds_sim.kernel.message import NO_NOTES, Notes, Request, Response, reason_phrase
from imds_sim.kernel.timestamps import iso_seconds
from imds_sim.workloads.endpoint import Endpoint


def answer(
    dates: HttpDates,
    request: Request,
    url: GoUrl,
    endpoint: Endpoint,
    held: CredentialSet | Refused | None,
) -> Response:
    """Method, path and token are checked in this order."""
    if request.method != "GET":
        return _reply(dates, request, HTTPStatus.METHOD_NOT_ALLOWED)
    if url.path != endpoint.name:
        return _reply(dates, request, HTTPStatus.BAD_REQUEST)
    if not endpoint.authorization_token.matches(request.headers.get("authorization") or ""):
        notes = Notes(detail="no component has this authorization token")
        return _reply(dates, request, HTTPStatus.FORBIDDEN, notes=notes)
    if not isinstance(held, CredentialSet):
        # What IoT answers to a role alias whose role it may not assume.
        status = HTTPStatus.FORBIDDEN
        told = f"TES responded with status code: {status.value}. Caching response. "
        notes = Notes(detail="the endpoint has no role" if held is None else held.message)
        return _reply(dates, request, status, told.encode(), notes)
    body = marshal(  # the order in which a HashMap of Java keeps these
        {
            "AccessKeyId": held.access_key_id,
            "SecretAccessKey": held.secret_access_key.reveal(),
            "Expiration": iso_seconds(held.expires_at),
            "Token": held.session_token.reveal(),
        }
    )
    notes = held.notes()
    return _reply(dates, request, HTTPStatus.OK, body, notes)


def _reply(
    dates: HttpDates,
    request: Request,
    status: HTTPStatus,
    body: bytes = b"",
    notes: Notes = NO_NOTES,
) -> Response:
    """As com.sun.net.httpserver writes it, whatever version was asked for."""
    asked = (request.headers.get("connection") or "").lower()
    close = asked == "close"
    fields: list[tuple[str, str]] = []
    if request.version == "1.0" and not close:
        if asked == "keep-alive":
            fields += [("Connection", "keep-alive"), ("Keep-alive", "timeout=30, max=200")]
        else:
            fields.append(("Connection", "close"))
            close = True
    fields.append(("Date", dates.current()))
    if request.method != "HEAD":
        fields.append(("Content-length", str(len(body))))
    return Response(status.value, reason_phrase(status), tuple(fields), body, close, notes=notes)
