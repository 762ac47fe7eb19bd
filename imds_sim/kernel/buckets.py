"""A histogram of durations in the making: cheap to add to, read when somebody asks."""

from bisect import bisect_left
from datetime import timedelta

# Upper bounds in seconds, inclusive.
BOUNDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)


class Buckets:
    """Counts durations by the first bound that they do not exceed; the last count is beyond all."""

    __slots__ = ("counts", "seconds")

    def __init__(self) -> None:
        self.counts = [0] * (len(BOUNDS) + 1)
        self.seconds = 0.0

    def add(self, duration: timedelta) -> None:
        """Count one."""
        seconds = duration.total_seconds()
        self.counts[bisect_left(BOUNDS, seconds)] += 1
        self.seconds += seconds

    def cumulative(self) -> list[tuple[str, int]]:
        """For each bound, the infinite one last, how many did not exceed it."""
        total, rows = 0, []
        for bound, count in zip((*map(str, BOUNDS), "+Inf"), self.counts, strict=True):
            total += count
            rows.append((bound, total))
        return rows
