"""The `Date` of replies, written once a second instead of once a reply."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from imds_sim.kernel.clock import Clock
from imds_sim.kernel.timestamps import http_date

_SECOND = timedelta(seconds=1)


@dataclass(slots=True)
class HttpDates:
    """Remembers the text of one second of the wall's time."""

    clock: Clock
    _begins: datetime = field(default=datetime.min.replace(tzinfo=UTC), init=False)
    _ends: datetime = field(default=datetime.min.replace(tzinfo=UTC), init=False)
    _text: str = field(default="", init=False)

    def current(self) -> str:
        """The wall's time as RFC 9110, 5.6.7 has it."""
        moment = self.clock.wall()
        if not self._begins <= moment < self._ends:
            self._begins = moment.replace(microsecond=0)
            self._ends = self._begins + _SECOND
            self._text = http_date(moment)
        return self._text
