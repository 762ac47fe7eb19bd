"""Which requests a fault can hit."""

from dataclasses import dataclass
from enum import Enum, StrEnum
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import NamedTuple

from imds_sim.kernel.exchange import Surface


class Asked(Enum):
    """What a request is after."""

    METADATA_TOKEN = "a metadata token"
    ROLES = "the names of the roles"
    CREDENTIALS = "credentials"
    LISTING = "another listing of the metadata tree"
    OTHER = "anything else"


class Occasion(NamedTuple):
    """A request as faults see it.

    `extended` is one below the extended credentials, `v1` a read of the metadata service without
    token. `presents` is whether it shows a metadata token. `shared` is a listener of no instance.
    """

    surface: Surface
    asked: Asked
    workload: str | None
    client: str
    shared: bool
    extended: bool = False
    v1: bool = False
    presents: bool = False


class Target(StrEnum):
    """What a fault is aimed at."""

    TOKEN = "token"
    V1 = "v1"
    ROLE = "role"
    CRED = "cred"
    EXTENDED = "extended"
    IMDS = "imds"
    ECS = "ecs"
    EKS = "eks"
    LAMBDA = "lambda"
    STS = "sts"
    CONN = "conn"
    CLOCK = "clock"
    OUTAGE = "outage"
    THROTTLE = "throttle"

    def hits(self, occasion: Occasion) -> bool:
        """Whether a request is aimed at."""
        match self:
            case Target.TOKEN:
                return occasion.asked is Asked.METADATA_TOKEN
            case Target.V1:
                return occasion.v1
            case Target.ROLE:
                return occasion.asked is Asked.ROLES
            case Target.CRED:
                return occasion.asked is Asked.CREDENTIALS
            case Target.EXTENDED:
                return occasion.extended
            case Target.CONN | Target.CLOCK:
                return True
            case Target.OUTAGE | Target.THROTTLE:
                return occasion.surface is not Surface.STS
            case _:
                return occasion.surface == self.value


class Aim(Enum):
    """Which requests an effect is for."""

    TARGET = "those of its target"
    CREDENTIALS = "those of its target that are for credentials"
    LISTINGS = "listings of the metadata tree"
    PRESENTS_TOKEN = "reads with a metadata token"
    ROLE_AND_CREDENTIALS = "an instance's listing of roles, and their credentials"

    def hits(self, target: Target, occasion: Occasion) -> bool:
        """Whether a request is one of them."""
        match self:
            case Aim.TARGET:
                return target.hits(occasion)
            case Aim.CREDENTIALS:
                return occasion.asked is Asked.CREDENTIALS and target.hits(occasion)
            case Aim.LISTINGS:
                return occasion.asked is Asked.LISTING
            case Aim.PRESENTS_TOKEN:
                return occasion.presents
            case Aim.ROLE_AND_CREDENTIALS:
                return occasion.surface is Surface.IMDS and occasion.asked in (
                    Asked.ROLES,
                    Asked.CREDENTIALS,
                )


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose requests: of one workload, on one surface, from some clients; None is all."""

    workload: str | None = None
    surface: Surface | None = None
    clients: IPv4Network | IPv6Network | None = None

    def holds(self, occasion: Occasion) -> bool:
        """Whether a request is within it."""
        return (
            (self.workload is None or self.workload == occasion.workload)
            and (self.surface is None or self.surface is occasion.surface)
            and (self.clients is None or self._is_client(occasion.client))
        )

    def _is_client(self, peer: str) -> bool:
        if self.clients is None or not peer:
            return False
        address = ip_address(peer)
        if isinstance(address, IPv6Address) and address.ipv4_mapped:
            address = address.ipv4_mapped
        return address in self.clients


EVERYWHERE = Scope()
