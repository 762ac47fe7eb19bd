"""The clock in JSON: how far it is shifted, and by how much to move it."""

import math
from datetime import timedelta

from imds_sim.admin.body import read_object
from imds_sim.admin.errors import BodyInvalid
from imds_sim.kernel.clock import ShiftedClock
from imds_sim.kernel.timestamps import iso_seconds

MAX_BODY = 1024  # bytes


def document(clock: ShiftedClock) -> dict[str, object]:
    """Both times, what is between them, and how fast the simulator's, `now`, goes."""
    return {
        "now": iso_seconds(clock.now()),
        "wall": iso_seconds(clock.wall()),
        "shift_seconds": clock.shift.total_seconds(),
        "rate": clock.rate,
    }


def read_advance(body: bytes) -> timedelta:
    """The `seconds` of a body, a number of either sign. Raises BodyInvalid."""
    seconds = _number(body, "seconds", "a negative one moves the clock back")
    try:
        return timedelta(seconds=seconds)
    except OverflowError:
        raise BodyInvalid("seconds is too large") from None


def read_rate(body: bytes) -> float:
    """The `factor` of a body, a number. Raises BodyInvalid."""
    return _number(body, "factor", "60 makes a minute of every second")


def _number(body: bytes, key: str, meaning: str) -> float:
    value = read_object(body, (key,)).get(key)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BodyInvalid(f"{key} must be a number; {meaning}")
    try:
        if not math.isfinite(value):
            raise BodyInvalid(f"{key} must be finite")
    except OverflowError:
        raise BodyInvalid(f"{key} is too large") from None
    return value
