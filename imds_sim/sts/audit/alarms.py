"""Alarms on the audit: so many calls of one kind within a period, and the state that follows.

The states are named as CloudWatch names them; there is always enough data here.
"""

import logging
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_address

from imds_sim.sts.audit.event import Record
from imds_sim.sts.audit.hoarding import HandedOut

log = logging.getLogger(__name__)

Networks = tuple[IPv4Network | IPv6Network, ...]


class State(StrEnum):
    """Of an alarm."""

    OK = "OK"
    ALARM = "ALARM"


@dataclass(frozen=True, slots=True)
class AlarmRule:
    """What an alarm counts: calls that meet every condition given, whose caller is known.

    It is in ALARM while `threshold` such calls lie less than `period` back. Addresses are those of
    clients: a service's call for a workload comes from none. `hoarding` counts calls with
    credentials that have been replaced, at their holder, for longer than that.
    """

    name: str
    event_name: str | None = None
    error_code: str | None = None
    source_addresses: Networks = ()
    not_source_addresses: Networks = ()
    hoarding: timedelta | None = None
    threshold: int = 1
    period: timedelta = timedelta(minutes=1)

    def counts(self, record: Record, at: datetime, handed_out: HandedOut) -> bool:
        """Whether a call is one that the alarm is about."""
        if self.event_name is not None and record["eventName"] != self.event_name:
            return False
        if self.error_code is not None and record.get("errorCode") != self.error_code:
            return False
        if (self.source_addresses or self.not_source_addresses) and not self._is_from_there(record):
            return False
        if self.hoarding is not None:
            age = handed_out.replaced_for(access_key_of(record), at)
            return age is not None and age > self.hoarding
        return True

    def _is_from_there(self, record: Record) -> bool:
        try:
            address = ip_address(str(record["sourceIPAddress"]))
        except ValueError:
            return False
        if any(address in network for network in self.not_source_addresses):
            return False
        allowed = self.source_addresses
        return not allowed or any(address in network for network in allowed)


def access_key_of(record: Record) -> str | None:
    """The key that a call was signed with."""
    identity = record["userIdentity"]
    key_id = identity.get("accessKeyId") if isinstance(identity, dict) else None
    return key_id if isinstance(key_id, str) else None


@dataclass(frozen=True, slots=True)
class AlarmStatus:
    """An alarm now; `since` is when its state last changed, None if it never did."""

    name: str
    state: State
    since: datetime | None


@dataclass(slots=True)
class _Alarm:
    """Remembers as many calls as its threshold asks for."""

    rule: AlarmRule
    state: State = State.OK
    since: datetime | None = None
    _calls: deque[datetime] = field(init=False)

    def __post_init__(self) -> None:
        self._calls = deque(maxlen=self.rule.threshold)

    def count(self, record: Record, at: datetime) -> None:
        self._calls.append(at)
        self.judge(at, record)

    def judge(self, at: datetime, record: Record | None = None) -> None:
        """What the state is at a moment; a change is logged."""
        while self._calls and self._calls[-1] > at:  # the clock went back
            self._calls.pop()
        is_full = len(self._calls) == self.rule.threshold
        reached = is_full and at - self._calls[0] < self.rule.period
        state = State.ALARM if reached else State.OK
        if state is self.state:
            return
        told: dict[str, object] = {"alarm": self.rule.name, "state": state, "was": self.state}
        if record is not None:
            told["event_name"] = record["eventName"]
            told["error_code"] = record.get("errorCode")
            told["source"] = record["sourceIPAddress"]
            told["access_key_id"] = access_key_of(record)
        log.warning("alarm.state_changed", extra=told)
        self.state, self.since = state, at


class Alarms:
    """The alarms of one world, and which credentials were handed to whom if one asks for that."""

    def __init__(self, rules: Iterable[AlarmRule] = ()) -> None:
        self._alarms = {rule.name: _Alarm(rule) for rule in rules}
        self._handed_out = HandedOut()

    def adopt(self, rules: Iterable[AlarmRule]) -> None:
        """Go over to other rules; an alarm whose rule stayed goes on where it was."""
        before = self._alarms
        self._alarms = {
            rule.name: held if held is not None and held.rule == rule else _Alarm(rule)
            for rule, held in ((rule, before.get(rule.name)) for rule in rules)
        }

    def handed_out(self, holder: str, access_key_id: str, at: datetime) -> None:
        """A holder was given credentials; remembered only if an alarm is about hoarding."""
        if any(alarm.rule.hoarding is not None for alarm in self._alarms.values()):
            self._handed_out.note(holder, access_key_id, at)

    def observe(self, record: Record, at: datetime) -> None:
        """Count a call."""
        for alarm in self._alarms.values():
            if alarm.rule.counts(record, at, self._handed_out):
                alarm.count(record, at)

    def look(self, at: datetime) -> None:
        """Let alarms end whose calls lie too far back."""
        for alarm in self._alarms.values():
            alarm.judge(at)

    def clear(self) -> None:
        """Forget every call, and who holds what."""
        self._handed_out = HandedOut()
        self._alarms = {name: _Alarm(alarm.rule) for name, alarm in self._alarms.items()}

    def states(self, at: datetime) -> tuple[AlarmStatus, ...]:
        """Every alarm at a moment, in the order of the rules."""
        self.look(at)
        return tuple(
            AlarmStatus(name, alarm.state, alarm.since) for name, alarm in self._alarms.items()
        )
