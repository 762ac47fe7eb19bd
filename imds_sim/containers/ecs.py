"""The credentials endpoint of the ECS agent (169.254.170.2): role credentials of tasks.

Source: amazon-ecs-agent, ecs-agent/tmds (server.go, handlers/v1 and v2). There is no
authentication: the UUID in the path is the only secret, and `Authorization` is not read.
"""

import json
from http import HTTPStatus

from imds_sim.containers import go_url
from imds_sim.containers.errors import (
    ECS_FORMS,
    CredentialsUninitialized,
    EcsError,
    InternalServerError,
    InvalidIdInRequest,
    NoIdInRequest,
)
from imds_sim.containers.go_http import TEXT, UNKNOWN, Fields, GoServer, refused
from imds_sim.credentials.provider import CredentialProvider, CredentialSet, Delivery, Refused
from imds_sim.kernel.clock import Clock
from imds_sim.kernel.exchange import Connection
from imds_sim.kernel.http_date import HttpDates
from imds_sim.kernel.message import Notes, Request, Response, Unreadable
from imds_sim.kernel.refusal import Refusal
from imds_sim.kernel.timestamps import iso_seconds
from imds_sim.workloads.task import Task, credentials_id_in

JSON = ("Content-Type", "application/json")
OVER_THE_LIMIT = b"You have reached maximum request limit."
RATE_LIMIT: Fields = (  # ECS_TASK_METADATA_RPS_LIMIT, as the agent's limiter tells its clients
    ("X-Rate-Limit-Duration", "1"),
    ("X-Rate-Limit-Limit", "40.00"),
)


class EcsHandler:
    """Answers for every task; any method gets what GET gets."""

    def __init__(self, provider: CredentialProvider, clock: Clock) -> None:
        self._provider = provider
        self._server = GoServer(HttpDates(clock))

    def handle(self, request: Request, task: Task | None, connection: Connection) -> Response:
        """Answer as the agent of `task`; None where the request names no task."""
        url = go_url.parse(request.method, request.target)
        if url is None:
            return refused(HTTPStatus.BAD_REQUEST)
        reply = self._server.before_any_handler(request)
        if reply is not None:
            return reply
        if url.clean_path != url.path:
            location = ("Location", url.at(url.clean_path))
            return self._server.reply(request, HTTPStatus.MOVED_PERMANENTLY, (location,))
        if "\n" in url.path:  # the route in front of the limiter is `.*`, and a dot is no line feed
            return self._server.not_found(request)
        limits = _rate_limit(request, connection)
        credentials_id = credentials_id_in(url.raw_path + url.query)
        if credentials_id is None:
            return self._server.not_found(request, limits)
        try:
            held = self._held(credentials_id, task)
        except EcsError as error:
            return self._error(request, error, url.path, limits)
        notes = Notes(access_key_id=held.access_key_id)
        fields = (JSON, *limits)
        return self._server.reply(request, HTTPStatus.OK, fields, _document(held), notes=notes)

    def refuse(self, unreadable: Unreadable) -> Response:
        """Answer bytes that are no request, and close."""
        return self._server.refuse(unreadable)

    def failed(self) -> Response:
        """Answer a request that met a bug of ours, and close."""
        form = ECS_FORMS[InternalServerError]
        body = _error_document(form.code, form.message, form.status)
        return self._server.reply(UNKNOWN, form.status, (JSON, *RATE_LIMIT), body)

    def faulted(self, request: Request, connection: Connection, refusal: Refusal) -> Response:
        """Refuse as a fault wants it: an error document, the limiter's text for 429."""
        status, notes = refusal.status, Notes(detail="a fault")
        limits = _rate_limit(request, connection)
        if status is HTTPStatus.TOO_MANY_REQUESTS:
            fields = (("Content-Type", TEXT), *limits)
            return self._server.reply(request, status, fields, OVER_THE_LIMIT, notes=notes)
        version = 1 if request.path.startswith("/v1/") else 2
        code = refusal.code or status.phrase.replace(" ", "")
        text = f"CredentialsV{version}Request: {refusal.text or status.phrase}"
        body = _error_document(code, text, status)
        return self._server.reply(request, status, (JSON, *limits), body, notes=notes)

    def _held(self, credentials_id: str, task: Task | None) -> CredentialSet:
        if not credentials_id:
            raise NoIdInRequest("no credentials id in the request")
        if task is None or task.credentials_id != credentials_id:
            raise InvalidIdInRequest("no task has this credentials id")
        held = self._provider.current(task.name, Delivery.CONTAINER)
        match held:
            case CredentialSet():
                return held
            case Refused(message=message):
                raise CredentialsUninitialized(message)
            case None:
                raise CredentialsUninitialized("the task holds no credentials")

    def _error(self, request: Request, error: EcsError, path: str, limits: Fields) -> Response:
        form = ECS_FORMS[type(error)]
        version = 1 if path.startswith("/v1/") else 2
        message = f"CredentialsV{version}Request: {form.message}"
        body = _error_document(form.code, message, form.status)
        notes = Notes(detail=str(error))
        return self._server.reply(request, form.status, (JSON, *limits), body, notes=notes)


def _document(held: CredentialSet) -> bytes:
    """Role, key, secret, token, end: in this order, without line feed."""
    return _compact(
        {
            "RoleArn": held.role_arn,
            "AccessKeyId": held.access_key_id,
            "SecretAccessKey": held.secret_access_key.reveal(),
            "Token": held.session_token.reveal(),
            "Expiration": iso_seconds(held.expires_at),
        }
    )


def _error_document(code: str, message: str, status: HTTPStatus) -> bytes:
    return _compact({"code": code, "message": message, "HTTPErrorCode": status.value})


def _compact(members: dict[str, str | int] | dict[str, str]) -> bytes:
    return json.dumps(members, separators=(",", ":")).encode()


def _rate_limit(request: Request, connection: Connection) -> Fields:
    host = f"[{connection.peer}]" if ":" in connection.peer else connection.peer
    return (
        *RATE_LIMIT,
        ("X-Rate-Limit-Request-Forwarded-For", request.headers.get("x-forwarded-for") or ""),
        ("X-Rate-Limit-Request-Remote-Addr", f"{host}:{connection.peer_port}"),
    )
