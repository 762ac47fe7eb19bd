"""Token buckets: how many requests a second are let through, and how many at once.

Source: golang.org/x/time/rate (the limiter under tollbooth, which the ECS agent uses): a bucket is
full at first, fills continuously, and a request takes one token or is turned away.
"""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from imds_sim.kernel.clock import Clock

CAPACITY = 4096  # buckets that are remembered

_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Rate:
    """`per_second` (above 0) tokens flow into a bucket that holds `burst` (1 or more) of them."""

    per_second: float
    burst: int


@dataclass(slots=True)
class TokenBuckets:
    """One bucket a key, full when it is first asked for.

    Remembers the `capacity` keys that asked last; one that is forgotten is full again.
    """

    clock: Clock
    capacity: int = CAPACITY
    _held: OrderedDict[Hashable, tuple[float, datetime]] = field(
        default_factory=OrderedDict, init=False
    )

    def take(self, key: Hashable, rate: Rate) -> bool:
        """Take a token from the bucket of `key`, or say that it has none.

        A clock that was set back neither fills nor empties a bucket.
        """
        now = self.clock.now()
        tokens, filled_at = self._held.pop(key, (float(rate.burst), now))
        flowed = max(now - filled_at, timedelta(0)) / _SECOND * rate.per_second
        tokens = min(float(rate.burst), tokens + flowed)
        is_let_through = tokens >= 1
        self._held[key] = (tokens - 1 if is_let_through else tokens, now)
        if len(self._held) > self.capacity:
            self._held.popitem(last=False)
        return is_let_through

    def clear(self) -> None:
        """Fill every bucket."""
        self._held.clear()

    def __len__(self) -> int:
        return len(self._held)
