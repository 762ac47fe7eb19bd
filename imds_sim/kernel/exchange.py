"""Over what a request came: the surface, whose listener, from where to where."""

from dataclasses import dataclass
from enum import StrEnum


class Surface(StrEnum):
    """The surfaces that imitate AWS, by the names of the `listen` keys."""

    IMDS = "imds"
    ECS = "ecs"
    EKS = "eks"
    EKS_PROBES = "eks_probes"
    LAMBDA = "lambda"
    GENERIC = "generic"
    STS = "sts"


@dataclass(frozen=True, slots=True)
class Connection:
    """One connection of a client.

    `instance` names the instance whose own listener accepted it, or None on a shared one. `peer`
    and `local` are IP addresses, or empty on a unix socket. `hops` is how many routers lie between
    them, None where nobody can tell.
    """

    surface: Surface
    instance: str | None
    peer: str
    peer_port: int
    local: str
    local_port: int
    hops: int | None = None
