"""When a set of credentials is replaced: by age, and never too near its end."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

# A workload's refresh is brought forward by a fixed part of the period, up to this one, so that a
# fleet that was minted at once does not stay in step.
SPREAD = 0.1


@dataclass(frozen=True, slots=True)
class RefreshPolicy:
    """Replace at the age `refresh_every`, or with no more than `min_remaining` left."""

    refresh_every: timedelta = timedelta(hours=1)
    min_remaining: timedelta = timedelta(minutes=20)

    def due_at(self, subject: str, issued_at: datetime, expires_at: datetime | None) -> datetime:
        """When the set of `subject` is to be replaced: 90 to 100 % of the period after issue."""
        early = self.refresh_every * (SPREAD * _fraction(subject))
        due = issued_at + self.refresh_every - early
        return due if expires_at is None else min(due, expires_at - self.min_remaining)


DEFAULT_REFRESH = RefreshPolicy()


def _fraction(subject: str) -> float:
    """A number in [0, 1) that belongs to the subject."""
    return int.from_bytes(hashlib.sha256(subject.encode()).digest()[:4], "big") / 2**32
