"""What a fault does, as data: it changes what the surface is given, its answer, or the wire."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

from imds_sim.kernel.message import Response
from imds_sim.kernel.plan import WirePlan
from imds_sim.kernel.refusal import Refusal


class Change(Enum):
    """What the surface is given instead."""

    V1_CLOSED = "HttpTokens is required"
    V1_OPEN = "HttpTokens is optional"
    ENDPOINT_OFF = "HttpEndpoint is disabled"
    EXTENDED_ON = "the extended credentials are served"
    ROLE_RENAMED = "the role has another name"
    TOKENS_VOID = "metadata tokens issued so far count no more"
    TOKEN_LIFE = "a metadata token is asked for with this life"
    LIFE = "a set with this life"
    EXPIRED = "a set that has ended"
    STALE = "the first set, for ever"
    ROTATED = "a fresh set"
    ROTATED_AFTER = "the held set; a fresh one follows"
    ROTATED_SAME_END = "a fresh set that ends with the one before"
    DENIED = "a role that may not be assumed"
    SKEWED = "a wall clock that is wrong by so much"
    JUMPED = "a simulator's time that has moved by so much"


@dataclass(frozen=True, slots=True)
class Given:
    """The surface is given something else; `span` where the change has one."""

    change: Change
    span: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """The surface refuses, in its own words, without looking into the request."""

    refusal: Refusal


@dataclass(frozen=True, slots=True)
class Limited:
    """The surface refuses each client whatever is above this many requests a second."""

    per_second: float
    refusal: Refusal


@dataclass(frozen=True, slots=True)
class Edited:
    """The surface's answer, edited."""

    edit: Callable[[Response], Response]


@dataclass(frozen=True, slots=True)
class Carried:
    """The answer goes out in another way; `shared` is the way on a listener that others use too."""

    plan: WirePlan
    shared: WirePlan | None = None


Hand = Given | Refused | Limited | Edited | Carried
