"""The hop limit, and the rate that instances are held to."""

from typing import Annotated

from pydantic import Field, PlainValidator, WithJsonSchema

from imds_sim.config.schema.listen import ClientPrefixes
from imds_sim.config.schema.section import Section
from imds_sim.config.schema.text import kind_of, one_of, whole_number
from imds_sim.workloads.hops import MOST_HOPS, HopMode

MOST = 1_000_000  # requests


def _hops(value: object) -> int:
    number = whole_number(value)
    if not 1 <= number <= MOST_HOPS:
        raise ValueError(f"{number} is not a hop limit; allowed: 1 to {MOST_HOPS}")
    return number


def _rate(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"must be a number of requests a second, not {kind_of(value)}")
    if not 0.001 <= value <= MOST:
        raise ValueError(f"{value} is not allowed; allowed: 0.001 to {MOST}")
    return float(value)


def _burst(value: object) -> int:
    number = whole_number(value)
    if not 1 <= number <= MOST:
        raise ValueError(f"{number} is not allowed; allowed: 1 to {MOST}")
    return number


Mode = Annotated[
    str, PlainValidator(one_of(*HopMode)), WithJsonSchema({"enum": [str(mode) for mode in HopMode]})
]
PutResponseHopLimit = Annotated[
    int,
    PlainValidator(_hops),
    WithJsonSchema({"type": "integer", "minimum": 1, "maximum": MOST_HOPS}),
]
PerSecond = Annotated[
    float,
    PlainValidator(_rate),
    WithJsonSchema({"type": "number", "minimum": 0.001, "maximum": MOST}),
]
Burst = Annotated[
    int,
    PlainValidator(_burst),
    WithJsonSchema({"type": "integer", "minimum": 1, "maximum": MOST}),
]


class HopLimitSection(Section):
    """Who counts the hops that http_put_response_hop_limit allows."""

    mode: Mode = Field(
        HopMode.WIRE.value,
        description="wire: the network counts (IP TTL); virtual: and who is not on this host is a "
        "hop further away; off: nobody. Default: wire.",
    )
    local: ClientPrefixes = Field(
        (), description="Clients that stand for the instance itself in mode virtual. Default: []."
    )


class ThrottleSection(Section):
    """A token bucket of one instance; what is above it gets 429."""

    rate: PerSecond = Field(description="Requests a second, 0.001 to 1000000. Required.")
    burst: Burst | None = Field(
        None, description="Requests at once, 1 to 1000000. Default: the rate, rounded up."
    )
