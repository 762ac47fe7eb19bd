"""The trail: the newest records as JSON lines, in a ring of bounded size."""

import json
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from imds_sim.kernel.secret import Secret
from imds_sim.sts.audit.alarms import Alarms
from imds_sim.sts.audit.event import Record

HIDDEN = "HIDDEN_DUE_TO_SECURITY_REASONS"  # as CloudTrail itself puts it


@dataclass(frozen=True, slots=True)
class AuditOptions:
    """How many records are remembered; whether session tokens stand in them, as at AWS."""

    capacity: int = 10_000
    session_tokens: bool = False


DEFAULT_AUDIT = AuditOptions()


class AuditTrail:
    """Keeps the newest records (a capacity of 0 keeps none), hands each line to `sink`, and has
    `alarms` count each call.

    Iterating gives the records, oldest first.
    """

    def __init__(self, options: AuditOptions = DEFAULT_AUDIT) -> None:
        self._options = options
        self._lines: deque[tuple[int, str]] = deque(maxlen=options.capacity)
        self._last_number = 0
        self.sink: Callable[[str], None] | None = None
        self.alarms = Alarms()
        self._encoder = json.JSONEncoder(separators=(",", ":"), default=self._secret)

    @property
    def capacity(self) -> int:
        """How many records are kept."""
        return self._options.capacity

    @property
    def last_number(self) -> int:
        """The number of the newest record ever kept; 0 before the first."""
        return self._last_number

    def configure(self, options: AuditOptions) -> None:
        """Go over to other options; what is kept stays as it was written."""
        if options.capacity != self._options.capacity:
            self._lines = deque(self._lines, maxlen=options.capacity)
        self._options = options

    def keep(self, records: Sequence[Record], at: datetime) -> None:
        """Append the records of one call, one or more: one in each account that it concerned."""
        for record in records:
            line = self._encoder.encode(record)
            self._last_number += 1
            self._lines.append((self._last_number, line))
            if self.sink is not None:
                self.sink(line)
        self.alarms.observe(records[0], at)

    def records(self, after: int = 0) -> list[Record]:
        """Records numbered above `after`, oldest first."""
        return [json.loads(line) for number, line in list(self._lines) if number > after]

    def clear(self) -> None:
        """Forget every record; numbers go on. Files keep what they have."""
        self._lines.clear()

    def _secret(self, value: object) -> str:
        if not isinstance(value, Secret):
            raise TypeError(f"{type(value).__name__} has no place in a record")
        return value.reveal() if self._options.session_tokens else HIDDEN

    def __iter__(self) -> Iterator[Record]:
        return iter(self.records())

    def __len__(self) -> int:
        return len(self._lines)
