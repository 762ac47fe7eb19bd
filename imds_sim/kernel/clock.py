"""Time, handed in: the simulator's, which can be shifted, and the wall's, which cannot."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol

from imds_sim.kernel.errors import SimError
from imds_sim.kernel.timestamps import format_duration

MOST = timedelta(days=3650)  # of a shift, either way: every date in every format stays possible
FASTEST = 86_400  # a day a second


class ShiftTooFar(SimError):
    """The clock would be moved further than it goes."""


class RateImpossible(SimError):
    """The clock would run backwards, or faster than it goes."""


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
    """Another clock whose `now` is moved by an offset, and may go at another rate or stand still;
    `wall` is passed through."""

    inner: Clock
    offset: timedelta = timedelta(0)
    rate: float = 1.0  # seconds of `now` for each second of the inner clock
    _since: datetime | None = None  # when the rate began, by the inner clock; None at the usual one

    @property
    def shift(self) -> timedelta:
        """How far `now` is from the inner clock; up to ten years, where a fast clock stops."""
        return self.offset if self._since is None else self._shift_at(self.inner.now())

    def now(self) -> datetime:
        moment = self.inner.now()
        return moment + (self.offset if self._since is None else self._shift_at(moment))

    def wall(self) -> datetime:
        return self.inner.wall()

    def advance(self, by: timedelta) -> None:
        """Move `now` by `by`; negative moves back. Raises ShiftTooFar, then nothing has moved."""
        shift = self.shift
        if not abs(by) <= 2 * MOST or not abs(shift + by) <= MOST:
            raise ShiftTooFar(
                f"the clock would be more than {MOST.days} days from the real time "
                f"(it is {format_duration(shift)} from it now)"
            )
        self.offset += by

    def go_at(self, rate: float) -> None:
        """Go on from where it is, at `rate`: 1 as ever, 0 stands still, up to 86400 is faster.

        Raises RateImpossible, then nothing has changed.
        """
        if not 0 <= rate <= FASTEST:
            raise RateImpossible(f"a clock goes at a rate of 0 (it stands still) to {FASTEST}")
        moment = self.inner.now()
        if self._since is not None:
            self.offset = self._shift_at(moment)
        self.rate, self._since = rate, None if rate == 1 else moment

    def reset(self) -> None:
        """Let `now` be the inner clock's again."""
        self.offset, self.rate, self._since = timedelta(0), 1.0, None

    def _shift_at(self, moment: datetime) -> timedelta:
        gone = moment - self._since if self._since is not None else timedelta(0)
        return max(-MOST, min(self.offset + gone * (self.rate - 1), MOST))


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

    __slots__ = ("_began", "_inner", "_now", "_wall")

    def __init__(self, inner: Clock) -> None:
        self._inner = inner
        self._now: datetime | None = None
        self._wall: datetime | None = None
        self._began: datetime | None = None

    def hold(self) -> datetime:
        """Stand still from now on; gives the wall's time."""
        self._now, self._wall = self._inner.now(), self._inner.wall()
        self._began = self._wall
        return self._wall

    def catch_up(self) -> None:
        """Show the simulator's time as it is by now, while held: it has been moved."""
        self._now = self._inner.now()

    def skew(self, by: timedelta) -> None:
        """Show a wall that is wrong by so much, until released."""
        self._wall = self.wall() + by

    def held_for(self) -> timedelta:
        """How long it has been held, by the wall; zero if it is not, or the wall went back."""
        began = self._began
        return max(self._inner.wall() - began, timedelta(0)) if began else timedelta(0)

    def release(self) -> None:
        """Go on."""
        self._now = self._wall = self._began = None

    def now(self) -> datetime:
        return self._now or self._inner.now()

    def wall(self) -> datetime:
        return self._wall or self._inner.wall()
