"""Time, handed in: the simulator's, which can be shifted, and the wall's, which cannot."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol

from imds_sim.kernel.errors import SimError
from imds_sim.kernel.timestamps import format_duration

MOST = timedelta(days=3650)  # of a shift, either way: every date in every format stays possible


class ShiftTooFar(SimError):
    """The clock would be moved further than it goes."""


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
        """Move `now` by `by`; negative moves back. Raises ShiftTooFar, then nothing has moved."""
        if not abs(by) <= 2 * MOST or not abs(self.shift + by) <= MOST:
            raise ShiftTooFar(
                f"the clock would be more than {MOST.days} days from the real time "
                f"(it is {format_duration(self.shift)} from it now)"
            )
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


class SteadyClock:
    """Another clock that can be held: one request is answered at one moment, whoever asks for it.

    Reading a clock takes a fifth of a microsecond, and a request asks for the time seven times.
    """

    __slots__ = ("_inner", "_now", "_wall")

    def __init__(self, inner: Clock) -> None:
        self._inner = inner
        self._now: datetime | None = None
        self._wall: datetime | None = None

    def hold(self) -> datetime:
        """Stand still from now on; gives the wall's time."""
        self._now, self._wall = self._inner.now(), self._inner.wall()
        return self._wall

    def held_for(self) -> timedelta:
        """How long it has been held, by the wall; zero if it is not, or the wall went back."""
        held = self._wall
        return max(self._inner.wall() - held, timedelta(0)) if held else timedelta(0)

    def release(self) -> None:
        """Go on."""
        self._now = self._wall = None

    def now(self) -> datetime:
        return self._now or self._inner.now()

    def wall(self) -> datetime:
        return self._wall or self._inner.wall()
