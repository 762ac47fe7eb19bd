"""A request as faults see it: what it is after, on whose behalf."""

from imds_sim.faults.match import Asked, Occasion
from imds_sim.imds.gate import TOKEN_HEADER, is_v2
from imds_sim.imds.path import path_of
from imds_sim.kernel.exchange import Connection, Surface
from imds_sim.kernel.message import Request
from imds_sim.workloads.function import Function
from imds_sim.workloads.pod import Pod
from imds_sim.workloads.task import credentials_id_in
from imds_sim.workloads.workload import Workload

_ROLES = ("security-credentials", "security-credentials-extended")


def occasion_of(connection: Connection, request: Request, workload: Workload | None) -> Occasion:
    """What faults need to know of a request."""
    name = workload.name if workload is not None else None
    surface, peer, shared = connection.surface, connection.peer, connection.instance is None
    if surface is not Surface.IMDS:
        return Occasion(surface, _asked(surface, request, name), name, peer, shared)
    asked, extended = _asked_of_metadata(request)
    reads = request.method in ("GET", "HEAD")
    return Occasion(
        surface=surface,
        asked=asked,
        workload=name,
        client=peer,
        shared=shared,
        extended=extended,
        v1=reads and not is_v2(request),
        presents=reads and bool(request.headers.get(TOKEN_HEADER)),
    )


def _asked(surface: Surface, request: Request, workload: str | None) -> Asked:
    match surface:
        case Surface.ECS:
            found = credentials_id_in(request.target) is not None
        case Surface.EKS:
            found = request.path == Pod.credentials_path
        case Surface.LAMBDA:
            found = request.path == Function.credentials_path
        case Surface.STS:
            found = False
        case _:  # where a workload is known by the path of its credentials alone
            found = workload is not None
    return Asked.CREDENTIALS if found else Asked.OTHER


def _asked_of_metadata(request: Request) -> tuple[Asked, bool]:
    """What is asked for, and whether below the extended credentials."""
    path = path_of(request.target)
    if path is None:
        return Asked.OTHER, False
    if path.issues_tokens:
        return (Asked.METADATA_TOKEN if request.method == "PUT" else Asked.OTHER), False
    if request.method not in ("GET", "HEAD"):
        return Asked.OTHER, False
    match path.names:
        case (_, "meta-data", "iam", kind) if kind in _ROLES:
            return Asked.ROLES, kind == _ROLES[1]
        case (_, "meta-data", "iam", kind, _) if kind in _ROLES:
            return Asked.CREDENTIALS, kind == _ROLES[1]
    return (Asked.LISTING if request.path.endswith("/") else Asked.OTHER), False
