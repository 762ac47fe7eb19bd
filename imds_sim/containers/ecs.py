"""The server of the ECS agent (169.254.170.2): credentials, metadata and protection of tasks.

Source: amazon-ecs-agent, ecs-agent/tmds (server.go, handlers). There is no authentication: the UUID
in the path is the only secret, and `Authorization` is not read.
"""

from dataclasses import dataclass, field
from http import HTTPStatus

from imds_sim.containers import go_url, local_endpoints, task_answers
from imds_sim.containers.ecs_paths import Route, Subject, route_of
from imds_sim.containers.errors import (
    ECS_FORMS,
    CredentialsUninitialized,
    EcsError,
    InternalServerError,
    InvalidIdInRequest,
    NoIdInRequest,
)
from imds_sim.containers.go_handler import GoHandler
from imds_sim.containers.go_http import TEXT, UNKNOWN, Fields, refused
from imds_sim.containers.go_json import marshal
from imds_sim.containers.local_endpoints import Host
from imds_sim.containers.task_protection import (
    Denial,
    TaskProtections,
    get_protection,
    update_protection,
)
from imds_sim.credentials.provider import CredentialProvider, CredentialSet, Delivery, Refused
from imds_sim.kernel.clock import Clock
from imds_sim.kernel.entropy import Entropy, SystemEntropy
from imds_sim.kernel.exchange import Connection
from imds_sim.kernel.http_date import HttpDates
from imds_sim.kernel.message import Notes, Request, Response
from imds_sim.kernel.refusal import Refusal
from imds_sim.kernel.timestamps import iso_seconds
from imds_sim.kernel.token_bucket import Rate, TokenBuckets
from imds_sim.workloads.task import Task, credentials_id_in

JSON = ("Content-Type", "application/json")
DEFAULT_RATE = Rate(per_second=40, burst=60)  # ECS_TASK_METADATA_RPS_LIMIT
OVER_THE_LIMIT = b"You have reached maximum request limit."


@dataclass(frozen=True, slots=True)
class EcsOptions:
    """How the agent is set. `local_endpoints` names the identity behind the paths of the local
    endpoints, which are off without one."""

    rate: Rate = DEFAULT_RATE
    local_endpoints: str | None = None


DEFAULT_ECS = EcsOptions()


@dataclass(frozen=True, slots=True)
class EcsAgent:
    """What the server of the agent stands on; buckets and protections outlive a world."""

    buckets: TokenBuckets
    protections: TaskProtections
    denial: Denial
    options: EcsOptions = DEFAULT_ECS
    host: Host | None = None
    entropy: Entropy = field(default_factory=SystemEntropy)


class EcsHandler(GoHandler):
    """Answers for every task; but for task protection any method gets what GET gets."""

    def __init__(self, provider: CredentialProvider, clock: Clock, agent: EcsAgent) -> None:
        super().__init__(HttpDates(clock))
        self._provider = provider
        self._clock = clock
        self._agent = agent
        rate = agent.options.rate
        self._limits: Fields = (
            ("X-Rate-Limit-Duration", "1"),
            ("X-Rate-Limit-Limit", f"{rate.per_second:.2f}"),
        )

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
        if self._agent.host is not None and local_endpoints.covers(url.path):
            return self._local(request, self._agent.host, url.path)
        limits = self._rate_limit(request, connection)
        if connection.peer and not self._is_let_through(connection.peer, url.path):
            fields = (("Content-Type", TEXT), *limits)
            status = HTTPStatus.TOO_MANY_REQUESTS
            notes = Notes(detail="more often than the limiter lets a client ask for one path")
            return self._server.reply(request, status, fields, OVER_THE_LIMIT, notes=notes)
        credentials_id = credentials_id_in(url.raw_path + url.query)
        if credentials_id is not None:
            return self._credentials(request, credentials_id, task, url.path, limits)
        route = route_of(url.path)
        if route is None:
            return self._server.not_found(request, limits)
        if route.subject is Subject.PROTECTION:
            return self._protection(request, route, task, limits)
        status, body = task_answers.answer(route, task, connection.peer, self._clock.now())
        notes = Notes(detail=None if status is HTTPStatus.OK else body.decode()[1:-1])
        return self._server.reply(request, status, (JSON, *limits), body, notes=notes)

    def failed(self) -> Response:
        """Answer a request that met a bug of ours, and close."""
        form = ECS_FORMS[InternalServerError]
        body = _error_document(form.code, form.message, form.status)
        return self._server.reply(UNKNOWN, form.status, (JSON, *self._limits), body)

    def _is_let_through(self, peer: str, path: str) -> bool:
        return self._agent.buckets.take((peer, path), self._agent.options.rate)

    def _credentials(
        self, request: Request, credentials_id: str, task: Task | None, path: str, limits: Fields
    ) -> Response:
        try:
            held = self._held(credentials_id, task)
        except EcsError as error:
            return self._error(request, error, path, limits)
        notes = held.notes()
        fields = (JSON, *limits)
        return self._server.reply(request, HTTPStatus.OK, fields, _document(held), notes=notes)

    def faulted(self, request: Request, connection: Connection, refusal: Refusal) -> Response:
        """Refuse as a fault wants it: an error document, the limiter's text for 429."""
        status, notes = refusal.status, Notes(detail="a fault")
        limits = self._rate_limit(request, connection)
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
        if task is None or credentials_id not in task.credentials_ids:
            raise InvalidIdInRequest("no task has this credentials id")
        own = task.role is not None and credentials_id == task.credentials_id
        delivery = Delivery.CONTAINER if own else Delivery.EXECUTION
        held = self._provider.current(task.name, delivery)
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

    def _protection(
        self, request: Request, route: Route, task: Task | None, limits: Fields
    ) -> Response:
        agent = self._agent
        named = task if task is not None and task.container(route.id) is not None else None
        match request.method:
            case "GET":
                status, body, detail = get_protection(
                    agent.protections, named, agent.denial, agent.entropy
                )
            case "PUT":
                status, body, detail = update_protection(
                    agent.protections, named, request.body, agent.denial, agent.entropy
                )
            case _:
                return self._server.reply(request, HTTPStatus.METHOD_NOT_ALLOWED, limits)
        notes = Notes(detail=detail)
        return self._server.reply(request, status, (JSON, *limits), body, notes=notes)

    def _local(self, request: Request, host: Host, path: str) -> Response:
        answer = local_endpoints.answer(host, path)
        if answer.minted is None:
            text = answer.body.decode()
            return self._server.error(request, answer.status, text, notes=Notes(detail=text))
        notes, body = answer.minted.notes(), answer.body + b"\n"
        return self._server.reply(request, answer.status, (JSON,), body, notes=notes)

    def _rate_limit(self, request: Request, connection: Connection) -> Fields:
        host = f"[{connection.peer}]" if ":" in connection.peer else connection.peer
        return (
            *self._limits,
            ("X-Rate-Limit-Request-Forwarded-For", request.headers.get("x-forwarded-for") or ""),
            ("X-Rate-Limit-Request-Remote-Addr", f"{host}:{connection.peer_port}"),
        )


def _document(held: CredentialSet) -> bytes:
    """Role, key, secret, token, end: in this order, without line feed."""
    return marshal(
        {
            "RoleArn": held.role_arn,
            "AccessKeyId": held.access_key_id,
            "SecretAccessKey": held.secret_access_key.reveal(),
            "Token": held.session_token.reveal(),
            "Expiration": iso_seconds(held.expires_at),
        }
    )


def _error_document(code: str, message: str, status: HTTPStatus) -> bytes:
    return marshal({"code": code, "message": message, "HTTPErrorCode": status.value})
