"""Time, handed in: the simulator's, which can be shifted, and the wall's, which cannot."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """The only source of time; always an aware datetime in UTC."""

    def now(self) -> datetime:
        """The simulator's time: expiry, refresh, audit. Can be shifted."""
        ...

    def wall(self) -> datetime:
        """The client's time: signature windows and the HTTP Date. Never shifted."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)  # noqa: TID251 - this is the clock

    def wall(self) -> datetime:
        return datetime.now(UTC)  # noqa: TID251 - this is the clock


@dataclass(slots=True)
class ShiftedClock:
    """Another clock whose `now` is moved by an offset; `wall` is passed through."""

    inner: Clock
    shift: timedelta = timedelta(0)

    def now(self) -> datetime:
        return self.inner.now() + self.shift

    def wall(self) -> datetime:
        return self.inner.wall()

    def advance(self, by: timedelta) -> None:
        """Move `now` by `by`; negative moves back."""
        self.shift += by

    def reset(self) -> None:
        """Let `now` be the inner clock's again."""
        self.shift = timedelta(0)


@dataclass(slots=True)
class ManualClock:
    """A clock for tests: it stands still until it is moved. Both times move together."""

    time: datetime = field(default_factory=lambda: datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))

    def now(self) -> datetime:
        return self.time

    def wall(self) -> datetime:
        return self.time

    def advance(self, by: timedelta) -> None:
        """Move both times by `by`."""
        self.time += by
