"""What was asked and answered, as numbers under bounded labels; nothing is kept of a request."""

import re
from collections import Counter, defaultdict
from datetime import timedelta
from http import HTTPStatus
from typing import NamedTuple

from imds_sim.imds.path import path_of
from imds_sim.kernel.buckets import Buckets
from imds_sim.kernel.exchange import Surface
from imds_sim.kernel.message import Request, Response, Unreadable
from imds_sim.sts.query_api.table import OPERATIONS, UNSIGNED_OPERATIONS

OTHER = "other"
ROUTES = 500  # templates kept apart at most; what comes later counts as `other`
_METHODS = frozenset({"GET", "HEAD", "PUT", "POST", "DELETE", "PATCH", "OPTIONS"})
_ACTION = re.compile(rb"(?:^|[&?])Action=([A-Za-z]{1,64})(?:&|$)")
_ACTIONS = OPERATIONS.keys() | UNSIGNED_OPERATIONS.keys()
_REASONS: dict[int, str] = {
    HTTPStatus.BAD_REQUEST: "invalid_ttl",
    HTTPStatus.UNAUTHORIZED: "missing_or_invalid_token",
    HTTPStatus.FORBIDDEN: "forbidden",
}


class Asked(NamedTuple):
    """The labels of a request."""

    endpoint: str
    route: str
    method: str
    code: int
    imds_version: int | None


class Traffic:
    """Counts since the start of the process; a reset of the simulator leaves them.

    `tokens_rejected` is by reason, `hop_limited` by instance, `sts` by action and HTTP status.
    """

    def __init__(self) -> None:
        self.requests: Counter[Asked] = Counter()
        self.durations: defaultdict[tuple[str, str], Buckets] = defaultdict(Buckets)
        self.tokens_issued = 0
        self.tokens_rejected: Counter[str] = Counter()
        self.hop_limited: Counter[str] = Counter()
        self.sts: Counter[tuple[str, int]] = Counter()
        self.sts_durations: defaultdict[tuple[str, int], Buckets] = defaultdict(Buckets)

    def count(
        self,
        surface: Surface,
        request: Request | Unreadable,
        response: Response,
        status: int,
        duration: timedelta,
    ) -> None:
        """Count one exchange; `status` is 0 where the client got no answer."""
        if isinstance(request, Unreadable):
            method = route = OTHER
        else:
            method = request.method if request.method in _METHODS else OTHER
            route = self._bounded(surface, route_of(surface, request.target, status))
        version = response.notes.imds_version
        self.requests[Asked(surface.value, route, method, status, version)] += 1
        self.durations[surface.value, route].add(duration)
        if surface is Surface.IMDS and version == 2:
            self._count_token(route, method, status)
        elif surface is Surface.STS:
            action = OTHER if isinstance(request, Unreadable) else action_of(request)
            self.sts[action, status] += 1
            self.sts_durations[action, status].add(duration)

    def _count_token(self, route: str, method: str, status: int) -> None:
        if status == HTTPStatus.OK:
            self.tokens_issued += method == "PUT" and route == "/latest/api/token"
        elif reason := _REASONS.get(status):
            self.tokens_rejected[reason] += 1

    def _bounded(self, surface: Surface, route: str) -> str:
        if len(self.durations) >= ROUTES and (surface.value, route) not in self.durations:
            return OTHER
        return route


def action_of(request: Request) -> str:
    """The action that a request to the STS names, if there is such a one."""
    text = request.body[:4096] if request.method == "POST" else request.target.encode("latin-1")
    found = _ACTION.search(text)
    name = found[1].decode() if found else OTHER
    return name if name in _ACTIONS else OTHER


def route_of(surface: Surface, target: str, status: int) -> str:
    """The template of a path: names that clients choose are left out of it."""
    match surface:
        case Surface.IMDS:
            return _metadata_route(target, status)
        case Surface.ECS:
            return next((route for head, route in _AGENT if target.startswith(head)), OTHER)
        case Surface.EKS:
            return "/v1/credentials" if target.startswith("/v1/credentials") else OTHER
        case Surface.EKS_PROBES:
            path = target.partition("?")[0]
            return path if status == HTTPStatus.OK and path in _PROBES else OTHER
        case Surface.LAMBDA | Surface.STS:
            return "/"
        case Surface.GENERIC:
            return "/{uri}"


_AGENT = (
    ("/v2/credentials", "/v2/credentials/{id}"),
    ("/v1/credentials", "/v1/credentials"),
    ("/v2/", "/v2/{part}"),
    ("/v3/", "/v3/{id}"),
    ("/v4/", "/v4/{id}"),
    ("/api/", "/api/{id}"),
)
_PROBES = frozenset({"/healthz", "/readyz", "/metrics"})


def _metadata_route(target: str, status: int) -> str:
    path = path_of(target)
    if path is None:
        return OTHER
    if path.issues_tokens:
        return "/latest/api/token"
    if status != HTTPStatus.OK:
        return OTHER
    match path.names:
        case ():
            return "/"
        case (_,):
            return "/{version}"
        case (_, "meta-data", "iam", "security-credentials", _):
            return "/{version}/meta-data/iam/security-credentials/{role}"
        case (_, "meta-data", category, *_):
            return f"/{{version}}/meta-data/{category}"
        case (_, part, *_):
            return f"/{{version}}/{part}"
        case _:
            return OTHER
