"""What concerns every surface: the connection, the clock, an outage, a rate."""

from http import HTTPStatus

from imds_sim.faults.effect import Effect, number, signed_span, status_effect
from imds_sim.faults.hands import Change, Given, Hand, Limited
from imds_sim.kernel.refusal import Refusal

_EITHER = "a duration like 20m or -20m"


def _rate(value: str) -> Hand:
    return Limited(number(value), Refusal(HTTPStatus.TOO_MANY_REQUESTS))


def _skew(value: str) -> Hand:
    return Given(Change.SKEWED, signed_span(value))


def _jump(value: str) -> Hand:
    return Given(Change.JUMPED, signed_span(value))


CLOCK = (
    Effect(
        "skew",
        "the server's real clock is wrong: HTTP Date, signature windows",
        _skew,
        _EITHER,
        "20m",
    ),
    Effect(
        "jump",
        "the simulator's time moves before the next request; once",
        _jump,
        _EITHER,
        "7h",
        once=True,
    ),
)
OUTAGE = (
    status_effect(500, "every credentials endpoint fails; +N lets N requests through first"),
    status_effect(503, "every credentials endpoint fails; +N lets N requests through first"),
)
THROTTLE = (
    Effect(
        "rate",
        "429 above so many requests a second, for each client and surface",
        _rate,
        "a number above 0",
        "5",
    ),
)
