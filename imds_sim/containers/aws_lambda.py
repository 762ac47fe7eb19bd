"""What a function finds on its host: the credentials of SnapStart, and the metadata endpoint.

Source: aws-lambda-runtime-interface-emulator, internal/lambda/rapi (server.go, router.go,
handler/credentials.go). The authorization token is compared as it was sent, without any scheme.
"""

import json
from http import HTTPStatus

from imds_sim.containers import go_url
from imds_sim.containers.errors import LAMBDA_FORMS, AuthorizationTokenUnknown, LambdaError
from imds_sim.containers.go_handler import GoHandler
from imds_sim.containers.go_http import TEXT, refused
from imds_sim.containers.lambda_metadata import execution_environment
from imds_sim.credentials.provider import CredentialProvider, CredentialSet, Delivery, Refused
from imds_sim.kernel.clock import Clock
from imds_sim.kernel.exchange import Connection
from imds_sim.kernel.http_date import HttpDates
from imds_sim.kernel.message import Notes, Request, Response
from imds_sim.kernel.timestamps import iso_seconds
from imds_sim.workloads.function import Function

# The methods that chi knows; it has no route for any other, whatever the path.
METHODS = frozenset(
    ("CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE")
)


class LambdaHandler(GoHandler):
    """Answers for every function; credentials only to those with SnapStart.

    On Lambda these are two servers on two addresses, which their paths tell apart here.
    """

    def __init__(self, provider: CredentialProvider, clock: Clock) -> None:
        super().__init__(HttpDates(clock))
        self._provider = provider

    def handle(
        self, request: Request, function: Function | None, connection: Connection
    ) -> Response:
        """Answer as the runtime API of `function`; None where the token names no function."""
        url = go_url.parse(request.method, request.target)
        if url is None:
            return refused(HTTPStatus.BAD_REQUEST)
        reply = self._server.before_any_handler(request)
        if reply is not None:
            return reply
        if url.raw_path == Function.metadata_path:
            return execution_environment(self._server, request, function)
        if request.method not in METHODS:
            return self._server.reply(request, HTTPStatus.METHOD_NOT_ALLOWED, ())
        # chi routes by the path as sent wherever it holds an escape that need not be one.
        if url.raw_path != Function.credentials_path:
            return self._server.not_found(request)
        if request.method != "GET":
            allow = (("Allow", "GET"),)
            return self._server.reply(request, HTTPStatus.METHOD_NOT_ALLOWED, allow)
        try:
            held = self._held(request, function)
        except LambdaError as error:
            status, text = LAMBDA_FORMS[type(error)]
            return self._server.error(request, status, text, notes=Notes(detail=str(error)))
        notes = held.notes()
        # The handler sets no content type; Go takes JSON for plain text.
        return self._server.reply(
            request, HTTPStatus.OK, (), _document(held), sniffed=TEXT, notes=notes
        )

    def _held(self, request: Request, function: Function | None) -> CredentialSet:
        presented = request.headers.get("authorization") or ""
        if (
            function is None
            or not function.snap_start
            or not function.authorization_token.matches(presented)
        ):
            raise AuthorizationTokenUnknown("no function has this authorization token")
        held = self._provider.current(function.name, Delivery.CONTAINER)
        match held:
            case CredentialSet():
                return held
            case Refused(message=message):
                raise AuthorizationTokenUnknown(message)
            case None:
                raise AuthorizationTokenUnknown("the function holds no credentials")


def _document(held: CredentialSet) -> bytes:
    """Key, secret, token, end: in this order, without line feed."""
    members = {
        "AccessKeyId": held.access_key_id,
        "SecretAccessKey": held.secret_access_key.reveal(),
        "Token": held.session_token.reveal(),
        "Expiration": iso_seconds(held.expires_at),
    }
    return json.dumps(members, separators=(",", ":")).encode()
