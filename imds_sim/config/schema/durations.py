"""Durations, each with its limits."""

from collections.abc import Callable
from datetime import timedelta
from typing import Annotated

from pydantic import PlainValidator, WithJsonSchema

from imds_sim.config.schema.text import kind_of
from imds_sim.kernel.timestamps import DurationMalformed, format_duration, parse_duration

_SECOND = timedelta(seconds=1)
_SCHEMA = WithJsonSchema(
    {
        "type": "string",
        "pattern": r"^(0|(?=[0-9])([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?)$",
    }
)


def _between(
    least: timedelta, most: timedelta, step: timedelta = timedelta(milliseconds=1)
) -> Callable[[object], timedelta]:
    allowed = f"allowed: {format_duration(least)} to {format_duration(most)}"

    def read(value: object) -> timedelta:
        match value:
            case timedelta():  # from Python
                duration = value
            case str():
                try:
                    duration = parse_duration(value)
                except DurationMalformed as error:
                    raise ValueError(f"{error}; {allowed}") from None
            case bool():
                raise ValueError(f"must be a duration, not {kind_of(value)}; {allowed}")
            case 0:
                duration = timedelta(0)
            case int() | float():
                raise ValueError(f"{value} has no unit; write it like {value}s; {allowed}")
            case _:
                raise ValueError(f"must be a duration, not {kind_of(value)}; {allowed}")
        if not least <= duration <= most:
            limit = "short" if duration < least else "long"
            raise ValueError(f"{format_duration(duration)} is too {limit}; {allowed}")
        if duration % step:
            raise ValueError(f"{format_duration(duration)} is not a number of whole seconds")
        return duration

    return read


# STS gives sessions of 15 minutes to 12 hours, in whole seconds (API: AssumeRole).
Lifetime = Annotated[
    timedelta,
    PlainValidator(_between(timedelta(minutes=15), timedelta(hours=12), _SECOND)),
    _SCHEMA,
]
# IAM API, CreateRole: MaxSessionDuration of 3600 to 43200 seconds.
MaxSessionDuration = Annotated[
    timedelta, PlainValidator(_between(timedelta(hours=1), timedelta(hours=12), _SECOND)), _SCHEMA
]
RefreshEvery = Annotated[timedelta, PlainValidator(_between(_SECOND, timedelta(hours=12))), _SCHEMA]
MinRemaining = Annotated[
    timedelta, PlainValidator(_between(timedelta(0), timedelta(hours=12))), _SCHEMA
]
AlarmPeriod = Annotated[timedelta, PlainValidator(_between(_SECOND, timedelta(days=1))), _SCHEMA]
Hoarding = Annotated[
    timedelta, PlainValidator(_between(timedelta(0), timedelta(hours=12))), _SCHEMA
]
DrainTimeout = Annotated[
    timedelta, PlainValidator(_between(timedelta(0), timedelta(minutes=10))), _SCHEMA
]
EventSpan = Annotated[
    timedelta, PlainValidator(_between(timedelta(0), timedelta(days=3650))), _SCHEMA
]
