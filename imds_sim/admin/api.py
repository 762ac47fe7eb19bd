"""The admin surface: which routes there are and what they answer. Knows no sockets.

`POST /v1/reload` waits for files and sockets: the server awaits it and hands the outcome in.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

from imds_sim.admin import (
    at_run_time,
    clients,
    clock,
    documents,
    exchange,
    faults,
    oidc_token,
    rings,
    saml,
    verify,
)
from imds_sim.admin.backend import AdminBackend, ReloadOutcome
from imds_sim.admin.errors import QueryInvalid
from imds_sim.admin.instances import MAX_BODY, PARTS, Part
from imds_sim.admin.questions import PARAMETERS, read_question
from imds_sim.admin.statuses import ERRORS, RELOAD_STATUS
from imds_sim.simulator.environment import environment, subject_named
from imds_sim.simulator.why import explain
from imds_sim.sts.errors import ApiError

RELOAD = ("POST", "/v1/reload")
Query = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request says beside its path; the body may hold secrets."""

    query: Query
    body: bytes = field(default=b"", repr=False)
    name: str = ""  # what stands in the path where the route has NAME


@dataclass(frozen=True, slots=True)
class AdminReply:
    """A status and a JSON document; `allow` lists the methods where the method was wrong."""

    status: int
    document: dict[str, object]
    allow: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Route:
    """`max_body` is in bytes; a route that has none takes no body."""

    handler: Callable[["AdminApi", Asked], AdminReply]
    parameters: frozenset[str] = frozenset()
    max_body: int | None = None


class AdminApi:
    """Answers for one daemon."""

    def __init__(self, backend: AdminBackend) -> None:
        self._backend = backend

    def handle(self, method: str, path: str, query: Query, body: bytes = b"") -> AdminReply:
        """Answer everything but RELOAD; HEAD is answered as GET, its body is the server's care."""
        place, name = _place(path)
        allowed = [verb for verb, each in (*ROUTES, RELOAD) if each == place]
        route = ROUTES.get(("GET" if method == "HEAD" else method, place))
        if route is None:
            return _no_route(method, path, allowed)
        try:
            if unknown := sorted(set(query) - route.parameters):
                known = ", ".join(sorted(route.parameters)) or "none"
                raise QueryInvalid(f"{path} has no parameter {unknown[0]!r}; it takes {known}")
            if route.max_body is not None and len(body) > route.max_body:
                return failure(413, "BodyTooLarge", f"{path} takes {route.max_body} bytes at most")
            return route.handler(self, Asked(query, body, name))
        except tuple(ERRORS) as error:
            status, code = next(told for kind, told in ERRORS.items() if isinstance(error, kind))
            return failure(status, code, str(error))

    def reloaded(self, outcome: ReloadOutcome) -> AdminReply:
        """The answer to RELOAD."""
        document = documents.reload_outcome(outcome)
        if outcome.code is None:
            return AdminReply(200, document)
        message = "\n".join(error.text for error in outcome.errors)
        reply = failure(RELOAD_STATUS.get(outcome.code, 500), outcome.code, message)
        return AdminReply(reply.status, {**reply.document, "reload": document})

    def _status(self, asked: Asked) -> AdminReply:
        return AdminReply(200, documents.status(self._backend))

    def _workloads(self, asked: Asked) -> AdminReply:
        return AdminReply(200, {"workloads": documents.workloads(self._backend)})

    def _environment(self, asked: Asked) -> AdminReply:
        core, name = self._backend.core, asked.query.get("as")
        made = environment(core, self._backend.endpoints(), name)
        subject = subject_named(core.world, name)
        who = {"as": name or subject.name, "kind": getattr(subject, "kind", "user")}
        return AdminReply(200, {**who, "set": dict(made.set), "unset": list(made.unset)})

    def _clients(self, asked: Asked) -> AdminReply:
        return AdminReply(200, clients.document(self._backend.core))

    def _journal(self, asked: Asked) -> AdminReply:
        return AdminReply(200, rings.journal(self._backend.core, asked.query))

    def _clear_journal(self, asked: Asked) -> AdminReply:
        return AdminReply(200, rings.cleared(self._backend.core.journal))

    def _audit(self, asked: Asked) -> AdminReply:
        return AdminReply(200, rings.audit(self._backend.core, asked.query))

    def _clear_audit(self, asked: Asked) -> AdminReply:
        return AdminReply(200, rings.cleared(self._backend.core.audit))

    def _clock(self, asked: Asked) -> AdminReply:
        return AdminReply(200, clock.document(self._backend.core.clock))

    def _advance(self, asked: Asked) -> AdminReply:
        self._backend.advance(clock.read_advance(asked.body))
        return self._clock(asked)

    def _freeze(self, asked: Asked) -> AdminReply:
        self._backend.set_rate(0)
        return self._clock(asked)

    def _set_rate(self, asked: Asked) -> AdminReply:
        self._backend.set_rate(clock.read_rate(asked.body))
        return self._clock(asked)

    def _reset_clock(self, asked: Asked) -> AdminReply:
        self._backend.reset_clock()
        return self._clock(asked)

    def _faults(self, asked: Asked) -> AdminReply:
        return AdminReply(200, faults.document(self._backend.core.faults))

    def _arm(self, asked: Asked) -> AdminReply:
        armed = self._backend.core.arm(*faults.read(asked.body))
        return AdminReply(200, faults.shown(armed))

    def _disarm(self, asked: Asked) -> AdminReply:
        number = faults.read_number(asked.query.get("id"))
        return AdminReply(200, {"cleared": self._backend.core.faults.clear(number)})

    def _rotate(self, asked: Asked) -> AdminReply:
        name = asked.query.get("as")
        return self._minted(self._backend.core.rotate(name), name)

    def _restore(self, asked: Asked) -> AdminReply:
        name = asked.query.get("as", "")
        return self._minted(self._backend.core.restore(name), name)

    def _minted(self, sets: int, name: str | None) -> AdminReply:
        held = documents.workloads(self._backend, name)
        return AdminReply(200, {"sets": sets, "workloads": held})

    def _reset(self, asked: Asked) -> AdminReply:
        core = self._backend.core
        cleared = len(core.journal)
        sets = core.reset()
        self._backend.reset_clock()  # what goes by the clock outside of the core
        return AdminReply(
            200, {"cleared": cleared, "sets": sets, "clock": clock.document(core.clock)}
        )

    def _exchange(self, asked: Asked) -> AdminReply:
        core = self._backend.core
        surface, request = exchange.read(asked.body)
        over = exchange.connection(surface, asked.query.get("as"), core.world.resolver)
        return AdminReply(200, exchange.document(request, core.handle(over, request)))

    def _start(self, asked: Asked, kind: at_run_time.Kind) -> AdminReply:
        core = self._backend.core
        name, overlay = at_run_time.started(kind, asked.body, core)
        core.lay_over(overlay)
        self._backend.tick()  # a pod's token files are due
        return self._environment(Asked({"as": name}))

    def _stop(self, asked: Asked, kind: at_run_time.Kind) -> AdminReply:
        core, name = self._backend.core, asked.query.get("as")
        if name is None:
            raise QueryInvalid(f"which one of the {kind}? give its name as the parameter as")
        core.lay_over(at_run_time.stopped(kind, name, core))
        self._backend.tick()
        return AdminReply(200, {"stopped": name})

    def _why(self, asked: Asked) -> AdminReply:
        return AdminReply(200, explain(self._backend.core, read_question(asked.query)).document())

    def _verify(self, asked: Asked) -> AdminReply:
        try:
            return AdminReply(200, verify.verified(self._backend.core.sts, asked.body))
        except ApiError as error:
            return failure(403, error.code, str(error))

    def _saml_assertion(self, asked: Asked) -> AdminReply:
        return AdminReply(200, saml.assertion(self._backend.core.sts, asked.body))

    def _saml_metadata(self, asked: Asked) -> AdminReply:
        return AdminReply(200, saml.metadata(self._backend.core.sts, asked.query.get("provider")))

    def _certificates(self, asked: Asked) -> AdminReply:
        return AdminReply(200, documents.certificates(self._backend.core))

    def _oidc_token(self, asked: Asked) -> AdminReply:
        return AdminReply(200, oidc_token.minted(self._backend.core.sts.issuers, asked.body))

    def _health(self, asked: Asked) -> AdminReply:
        return AdminReply(200, {"status": "ok"})

    def _readiness(self, asked: Asked) -> AdminReply:
        ready = self._backend.process.ready
        return AdminReply(200 if ready else 503, {"ready": ready})


def _of_instance(method: str, part: Part) -> _Route:
    def answer(api: AdminApi, asked: Asked) -> AdminReply:
        core = api._backend.core
        return AdminReply(200, part.answer(core, method, asked.name, asked.body, asked.query))

    takes_body = method in ("PATCH", "POST")
    parameters = frozenset() if takes_body or method == "GET" else part.parameters
    return _Route(answer, parameters, MAX_BODY if takes_body else None)


ROUTES: dict[tuple[str, str], _Route] = {
    ("GET", "/v1/status"): _Route(AdminApi._status),
    ("GET", "/v1/workloads"): _Route(AdminApi._workloads),
    ("GET", "/v1/clients"): _Route(AdminApi._clients),
    ("GET", "/v1/environment"): _Route(AdminApi._environment, frozenset({"as"})),
    ("GET", "/v1/journal"): _Route(AdminApi._journal, frozenset({"after", "as", "surface"})),
    ("DELETE", "/v1/journal"): _Route(AdminApi._clear_journal),
    ("GET", "/v1/audit"): _Route(AdminApi._audit, frozenset({"after"})),
    ("DELETE", "/v1/audit"): _Route(AdminApi._clear_audit),
    ("GET", "/v1/clock"): _Route(AdminApi._clock),
    ("DELETE", "/v1/clock"): _Route(AdminApi._reset_clock),
    ("POST", "/v1/clock/advance"): _Route(AdminApi._advance, max_body=clock.MAX_BODY),
    ("POST", "/v1/clock/freeze"): _Route(AdminApi._freeze),
    ("POST", "/v1/clock/speed"): _Route(AdminApi._set_rate, max_body=clock.MAX_BODY),
    ("GET", "/v1/faults"): _Route(AdminApi._faults),
    ("POST", "/v1/faults"): _Route(AdminApi._arm, max_body=faults.MAX_BODY),
    ("DELETE", "/v1/faults"): _Route(AdminApi._disarm, frozenset({"id"})),
    ("POST", "/v1/rotate"): _Route(AdminApi._rotate, frozenset({"as"})),
    ("POST", "/v1/restore"): _Route(AdminApi._restore, frozenset({"as"})),
    ("POST", "/v1/reset"): _Route(AdminApi._reset),
    ("POST", "/v1/exchange"): _Route(AdminApi._exchange, frozenset({"as"}), exchange.MAX_BODY),
    ("GET", "/v1/why"): _Route(AdminApi._why, PARAMETERS),
    ("POST", "/v1/verify"): _Route(AdminApi._verify, max_body=verify.MAX_BODY),
    ("POST", "/v1/saml-assertion"): _Route(AdminApi._saml_assertion, max_body=saml.MAX_BODY),
    ("GET", "/v1/saml-metadata"): _Route(AdminApi._saml_metadata, frozenset({"provider"})),
    ("GET", "/v1/certificates"): _Route(AdminApi._certificates),
    ("POST", "/v1/oidc-token"): _Route(AdminApi._oidc_token, max_body=oidc_token.MAX_BODY),
    ("GET", "/healthz"): _Route(AdminApi._health),
    ("GET", "/readyz"): _Route(AdminApi._readiness),
    **{
        ("POST", f"/v1/{kind}"): _Route(
            partial(AdminApi._start, kind=kind), max_body=at_run_time.MAX_BODY
        )
        for kind in at_run_time.KINDS
    },
    **{
        ("DELETE", f"/v1/{kind}"): _Route(partial(AdminApi._stop, kind=kind), frozenset({"as"}))
        for kind in at_run_time.KINDS
    },
    **{
        (method, f"/v1/instances/NAME/{place}"): _of_instance(method, part)
        for place, part in PARTS.items()
        for method in ("GET", *part.changes)
    },
}


def _place(path: str) -> tuple[str, str]:
    """The route that a path means, and what stands where the route has NAME."""
    match path.split("/"):
        case ["", "v1", "instances", name, what]:
            return f"/v1/instances/NAME/{what}", name
        case _:
            return path, ""


def failure(status: int, code: str, message: str) -> AdminReply:
    """An error as every route tells it."""
    return AdminReply(status, {"error": {"code": code, "message": message}})


def _no_route(method: str, path: str, allowed: list[str]) -> AdminReply:
    if not allowed:
        return failure(404, "NotFound", f"there is no {path} here")
    told = failure(405, "MethodNotAllowed", f"{path} takes {', '.join(allowed)}, not {method}")
    return AdminReply(told.status, told.document, tuple(allowed))
