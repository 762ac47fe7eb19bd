"""The clock in JSON: how far it is shifted, and by how much to move it."""

import math
from datetime import timedelta

from imds_sim.admin.body import read_object
from imds_sim.admin.errors import BodyInvalid
from imds_sim.kernel.clock import ShiftedClock
from imds_sim.kernel.timestamps import iso_seconds

MAX_BODY = 1024  # bytes


def document(clock: ShiftedClock) -> dict[str, object]:
    """Both times and what is between them; `now` is the simulator's."""
    return {
        "now": iso_seconds(clock.now()),
        "wall": iso_seconds(clock.wall()),
        "shift_seconds": clock.shift.total_seconds(),
    }


def read_advance(body: bytes) -> timedelta:
    """The `seconds` of a body, a number of either sign. Raises BodyInvalid."""
    seconds = read_object(body, ("seconds",)).get("seconds")
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        raise BodyInvalid("seconds must be a number; a negative one moves the clock back")
    try:
        if not math.isfinite(seconds):
            raise BodyInvalid("seconds must be finite")
        return timedelta(seconds=seconds)
    except OverflowError:
        raise BodyInvalid("seconds is too large") from None
