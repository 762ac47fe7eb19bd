"""Credentials as they are handed out: what is held, or what a fault hands out in its place."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from weakref import WeakKeyDictionary

from imds_sim.credentials.minting import UNAUTHORIZED, Minter, role_behind
from imds_sim.credentials.provider import CredentialSet, Delivery, Refused
from imds_sim.credentials.refresh import RefreshingProvider
from imds_sim.faults.hands import Change, Given
from imds_sim.faults.play import ArmedStep
from imds_sim.kernel.clock import Clock, ShiftedClock
from imds_sim.workloads.workload import Workload

ENDED = timedelta(minutes=1)  # how long ago a set has ended that is handed out expired

Value = CredentialSet | Refused | None
_Key = tuple[str, Delivery]
# What faults keep: by armed step, gone with it; in each one value a workload and delivery.
Kept = WeakKeyDictionary[ArmedStep, dict[_Key, Value]]

CHANGES = frozenset(
    (
        Change.LIFE,
        Change.EXPIRED,
        Change.STALE,
        Change.ROTATED,
        Change.ROTATED_AFTER,
        Change.ROTATED_SAME_END,
        Change.DENIED,
    )
)


class HandedCredentials:
    """The provider that surfaces see, for one world. Without a fault it hands out what is held.

    Between `begin` and `end`, one request, every reader of a set gets the same.
    """

    def __init__(
        self,
        held: RefreshingProvider,
        workloads: Mapping[str, Workload],
        minter: Minter,
        clock: Clock,
        kept: Kept,
    ) -> None:
        self._held = held
        self._workloads = workloads
        self._minter = minter
        self._clock = clock
        self._kept = kept
        self._changes: tuple[tuple[ArmedStep, Given], ...] = ()
        self._given: dict[_Key, Value] = {}

    def know(self, workloads: Mapping[str, Workload]) -> None:
        """These are the workloads from the next request on, by name."""
        self._workloads = workloads

    def begin(self, changes: Iterable[tuple[ArmedStep, Given]]) -> None:
        """From here to `end` these changes hold."""
        self._changes = tuple(each for each in changes if each[1].change in CHANGES)

    def end(self) -> None:
        """The request is answered."""
        late = any(given.change is Change.ROTATED_AFTER for _, given in self._changes)
        for name, delivery in self._given if late else ():
            self._held.renew(name, delivery)
        self._changes, self._given = (), {}

    def current(self, workload: str, delivery: Delivery) -> Value:
        """The set of a workload by name; None if the workload has no role."""
        if not self._changes:
            return self._held.current(workload, delivery)
        key = workload, delivery
        if key not in self._given:
            value = self._held.current(workload, delivery)
            for armed, given in self._changes:
                if value is not None:
                    value = self._changed(armed, given, key, value)
            self._given[key] = value
        return self._given[key]

    def _changed(
        self, armed: ArmedStep, given: Given, key: _Key, value: CredentialSet | Refused
    ) -> Value:
        kept = self._kept.setdefault(armed, {})
        match given.change:
            case Change.STALE:
                return kept.setdefault(key, value)
            case Change.EXPIRED:
                return kept.setdefault(key, self._ended(key))
            case Change.LIFE if given.span is not None:
                if not self._has_half_left(kept.get(key), given.span):
                    kept[key] = self._lasting(key, given.span)
                return kept[key]
            case Change.ROTATED:
                return self._held.renew(*key)
            case Change.ROTATED_SAME_END if isinstance(value, CredentialSet):
                return self._held.renew(*key, lifetime=value.expires_at - self._clock.now())
            case Change.DENIED:
                return self._denied(key)
            case _:
                return value

    def _has_half_left(self, value: Value, life: timedelta) -> bool:
        return isinstance(value, CredentialSet) and value.expires_at - self._clock.now() > life / 2

    def _lasting(self, key: _Key, life: timedelta) -> Value:
        workload = self._workloads[key[0]]
        role = role_behind(workload, key[1])
        if role is None:
            return None
        return self._minter.mint(replace(workload, lifetime=life), role, key[1])

    def _ended(self, key: _Key) -> Value:
        """A set that was minted a lifetime and a minute ago."""
        workload = self._workloads[key[0]]
        role = role_behind(workload, key[1])
        if role is None:
            return None
        past = ShiftedClock(self._clock, -(workload.lifetime + ENDED))
        minter = replace(self._minter, service=replace(self._minter.service, clock=past))
        return minter.mint(workload, role, key[1])

    def _denied(self, key: _Key) -> Value:
        role = role_behind(self._workloads[key[0]], key[1])
        if role is None:
            return None
        told = "a fault lets nobody assume the role"
        return Refused(role.name, UNAUTHORIZED, told, self._clock.now())
