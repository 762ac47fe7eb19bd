"""The background refresher: what is held, what falls due, what is minted again."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class RefreshPolicy:
    """When held credentials are replaced: at that age, or with no more than that left."""

    refresh_every: timedelta = timedelta(hours=1)
    min_remaining: timedelta = timedelta(minutes=20)
