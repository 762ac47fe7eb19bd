"""Which credentials their holder should have let go: those it was handed newer ones after."""

from collections import OrderedDict
from datetime import datetime, timedelta

REMEMBERED = 32  # replaced keys of one holder: at an hour each more than a day


class HandedOut:
    """Keeps the newest key of each holder and the 32 before it.

    A holder is a workload that asks in one way: two programs on one instance are one holder, so
    that the older one hoards once the younger was given newer credentials.
    """

    def __init__(self) -> None:
        self._newest: dict[str, str] = {}
        self._replaced: dict[str, OrderedDict[str, datetime]] = {}
        self._holder_of: dict[str, str] = {}

    def note(self, holder: str, access_key_id: str, at: datetime) -> None:
        """`holder` was handed a key; whatever it had before is replaced from then on."""
        before = self._newest.get(holder)
        if before == access_key_id:
            return
        self._newest[holder] = access_key_id
        if before is None:
            return
        replaced = self._replaced.setdefault(holder, OrderedDict())
        replaced[before] = at
        self._holder_of[before] = holder
        if len(replaced) > REMEMBERED:
            oldest, _ = replaced.popitem(last=False)
            del self._holder_of[oldest]

    def replaced_for(self, access_key_id: str | None, at: datetime) -> timedelta | None:
        """How long ago a key was replaced at its holder; None if it was not, or is not known."""
        holder = self._holder_of.get(access_key_id or "")
        if holder is None or access_key_id is None:
            return None
        return at - self._replaced[holder][access_key_id]
