"""The Lambda metadata endpoint: where the execution environment of a function runs.

Source: Lambda Developer Guide, "Using the Lambda metadata endpoint";
aws-lambda-runtime-interface-emulator, internal/lmds/handler.go. Unlike the endpoint of SnapStart
it wants its token with the scheme.
"""

import json
from http import HTTPStatus

from imds_sim.containers.go_http import Fields, GoServer
from imds_sim.kernel.message import Notes, Request, Response
from imds_sim.workloads.function import Function

BEARER = "Bearer "
FIELDS: Fields = (
    ("Cache-Control", "private, max-age=43200, immutable"),
    ("Content-Type", "application/json"),
)


def execution_environment(
    server: GoServer, request: Request, function: Function | None
) -> Response:
    """The answer to whoever asks for the execution environment of `function`."""
    if request.method != "GET":
        status = HTTPStatus.METHOD_NOT_ALLOWED
        return server.error(request, status, status.phrase)
    presented = request.headers.get("authorization") or ""
    if (
        function is None
        or not presented.startswith(BEARER)
        or not function.environment_token.matches(presented.removeprefix(BEARER))
    ):
        status = HTTPStatus.UNAUTHORIZED
        notes = Notes(detail="no function has this metadata token")
        return server.error(request, status, status.phrase, notes=notes)
    body = json.dumps({"AvailabilityZoneID": function.availability_zone_id}, separators=(",", ":"))
    return server.reply(request, HTTPStatus.OK, FIELDS, body.encode())
