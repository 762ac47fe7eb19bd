"""The refresher: what is held, when it falls due, what a tick mints again."""

import heapq
import logging
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count

from imds_sim.credentials.minting import (
    deliveries,
    put_into_sessions,
    role_behind,
    session_keys,
)
from imds_sim.credentials.provider import CredentialSet, Delivery, Refused
from imds_sim.credentials.schedule import RefreshPolicy
from imds_sim.kernel.buckets import Buckets
from imds_sim.kernel.clock import Clock
from imds_sim.workloads.role import AttachedRole
from imds_sim.workloads.workload import Workload

log = logging.getLogger(__name__)

BATCH = 40  # sets that one tick mints at most: under 10 ms of CPU

Mint = Callable[[Workload, AttachedRole, Delivery], CredentialSet | Refused]
_Key = tuple[str, Delivery]


@dataclass(frozen=True, slots=True)
class Held:
    """What a workload is given for one delivery until `due_at`."""

    value: CredentialSet | Refused
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Minting:
    """How one world mints. `identities` (ARN → unique id) tells a recreated role from the old."""

    mint: Mint
    policy: RefreshPolicy
    identities: Mapping[str, str]


class RefreshingProvider:
    """Holds one set for each workload and delivery: bounded by the world, whatever is asked.

    A set is minted at the first read if none is held yet or the held one has run out, else when a
    tick finds it due: those of a workload's own role from the start, those of the instance identity
    role, which few read, once one was read. Old sets are forgotten; they stay valid to their own
    expiry.
    """

    def __init__(self, clock: Clock, minting: Minting, workloads: Iterable[Workload]) -> None:
        self._clock = clock
        self._minting = minting
        self._workloads: dict[str, Workload] = {}
        self._held: dict[_Key, Held] = {}
        self._due: list[tuple[datetime, int, _Key]] = []  # a heap; stale entries are skipped
        self._order = count()
        self.minted: Counter[tuple[str, bool]] = Counter()  # by ARN of the role; True: it worked
        self.lag = Buckets()  # how long after they fell due ticks came to the sets
        self._newest: dict[_Key, int] = {}  # the number of each set's entry that counts
        self._ticked_at = clock.now()
        self.adopt(minting, workloads)

    def adopt(self, minting: Minting, workloads: Iterable[Workload]) -> None:
        """Go over to another world: keep what still fits, forget the rest, owe what is missing.

        A refusal is always owed anew: the reload may have mended the trust policy.
        """
        before, held, old = self._workloads, self._held, self._minting
        self._minting = minting
        self._workloads = {workload.name: workload for workload in workloads}
        self._held, self._due, self._newest = {}, [], {}
        now = self._clock.now()
        for name, workload in self._workloads.items():
            former = before.get(name)
            for delivery in deliveries(workload):
                if role_behind(workload, delivery) is None:
                    continue
                same = former is not None and _mints_alike(former, workload, delivery, old, minting)
                kept = held.get((name, delivery)) if same else None
                if kept is not None and isinstance(kept.value, CredentialSet):
                    self._keep((name, delivery), kept.value)
                else:
                    self._push((name, delivery), now)
            identity = held.get((name, Delivery.INSTANCE_IDENTITY))
            if identity is not None and former is not None and _is_same(former, workload):
                self._keep((name, Delivery.INSTANCE_IDENTITY), identity.value)

    def change(self, workloads: Mapping[str, Workload | None]) -> None:
        """Other workloads in the same world, None for those that are gone; the rest is as it was.

        What still fits is kept, what is missing is owed.
        """
        now = self._clock.now()
        for name, after in workloads.items():
            before = self._workloads.pop(name, None)
            minting = self._minting
            ways = [
                way
                for way in (deliveries(after) if after is not None else ())
                if after is not None and role_behind(after, way) is not None
            ]
            kept = {
                way
                for way in ways
                if before and after and _mints_alike(before, after, way, minting, minting)
            }
            if before and after and _is_same(before, after):
                kept.add(Delivery.INSTANCE_IDENTITY)
            for way in Delivery:
                if way not in kept:
                    self._held.pop((name, way), None)
                    self._newest.pop((name, way), None)
            if after is None:
                continue
            self._workloads[name] = after
            for way in ways:
                if (name, way) not in self._held:
                    self._push((name, way), now)

    def current(self, workload: str, delivery: Delivery) -> CredentialSet | Refused | None:
        """The set held for a workload, minted now if there is none or it has run out."""
        held = self._held.get((workload, delivery))
        if held is None:
            return self._mint((workload, delivery))
        value = held.value
        if isinstance(value, CredentialSet) and value.expires_at <= self._clock.now():
            return self._mint((workload, delivery))
        return value

    def tick(self, batch: int = BATCH) -> bool:
        """Mint what is due, `batch` sets at most; True if more is due already.

        The machine's clock may be set back at any time; nobody tells, but it shows here.
        """
        now = self._clock.now()
        if now < self._ticked_at:
            self.owe_what_is_ahead()
        self._ticked_at = now
        while self._due and self._due[0][0] <= now:
            if self._is_stale(self._due[0]):
                heapq.heappop(self._due)
                continue
            if batch == 0:
                return True
            due_at, _, key = heapq.heappop(self._due)
            self.lag.add(now - due_at)
            self._mint(key)
            batch -= 1
        return False

    def rotate(self, workload: str | None = None) -> int:
        """Mint anew now, for one workload or for all; returns the number of sets."""
        names = self._workloads if workload is None else (workload,)
        keys = [
            (name, way)
            for name in names
            for way in Delivery
            if (name, way) in self._held or way in deliveries(self._workloads[name])
        ]
        return sum(self._mint(key) is not None for key in keys)

    def renew(
        self, workload: str, delivery: Delivery, lifetime: timedelta | None = None
    ) -> CredentialSet | Refused | None:
        """Mint one set anew now, with another life than the workload's if given."""
        return self._mint((workload, delivery), lifetime)

    def owe_what_is_ahead(self) -> None:
        """Owe anew what was minted later than now: the clock went back, and no refresh would come.

        Such a set is given out until a tick replaces it.
        """
        now = self._clock.now()
        for key, held in self._held.items():
            value = held.value
            minted = value.issued_at if isinstance(value, CredentialSet) else value.refused_at
            if minted > now:
                self._push(key, now)

    def held(self, workload: str) -> dict[Delivery, Held]:
        """What is held for a workload, for showing it; mints nothing."""
        return {way: self._held[workload, way] for way in Delivery if (workload, way) in self._held}

    def _mint(self, key: _Key, lifetime: timedelta | None = None) -> CredentialSet | Refused | None:
        name, delivery = key
        workload = self._workloads.get(name)
        role = None if workload is None else role_behind(workload, delivery)
        if workload is None or role is None:
            return None
        asking = workload if lifetime is None else replace(workload, lifetime=lifetime)
        value = self._minting.mint(asking, role, delivery)
        self.minted[role.arn, isinstance(value, CredentialSet)] += 1
        self._keep(key, value)
        self._tell(name, value)
        return value

    def _tell(self, workload: str, value: CredentialSet | Refused) -> None:
        if isinstance(value, Refused):
            told = {"workload": workload, "role": value.role_name, "reason": value.message}
            log.warning("credentials.refused", extra=told)
        elif log.isEnabledFor(logging.DEBUG):  # a fleet would fill the log at info
            told = {"workload": workload, "role_arn": value.role_arn}
            log.debug(
                "credentials.minted",
                extra={
                    **told,
                    "access_key_id": value.access_key_id,
                    "expires_at": value.expires_at,
                },
            )

    def _keep(self, key: _Key, value: CredentialSet | Refused) -> None:
        subject = f"{key[0]} {key[1]}"
        if isinstance(value, CredentialSet):
            due_at = self._minting.policy.due_at(subject, value.issued_at, value.expires_at)
        else:
            due_at = self._minting.policy.due_at(subject, value.refused_at, None)
        self._held[key] = Held(value, due_at)
        self._push(key, due_at)

    def _is_stale(self, entry: tuple[datetime, int, _Key]) -> bool:
        """Whether a read or a rotation has renewed the set since the entry was made."""
        return self._newest.get(entry[2]) != entry[1]

    def _push(self, key: _Key, due_at: datetime) -> None:
        if len(self._due) > 4 * (len(self._workloads) + BATCH):  # rotations left stale entries
            self._due = [entry for entry in self._due if not self._is_stale(entry)]
            heapq.heapify(self._due)
        self._newest[key] = number = next(self._order)
        heapq.heappush(self._due, (due_at, number, key))


def _mints_alike(
    before: Workload, after: Workload, delivery: Delivery, old: Minting, new: Minting
) -> bool:
    """Whether a set minted for `before` is the one that `after` would get."""
    role = role_behind(after, delivery)
    return (
        _is_same(before, after)
        and role is not None
        and role_behind(before, delivery) == role
        and session_keys(before, Delivery.IMDS_V2) == session_keys(after, Delivery.IMDS_V2)
        and put_into_sessions(before) == put_into_sessions(after)
        and all(
            old.identities.get(each.arn) == new.identities.get(each.arn)
            for each in (role, getattr(before, "target_role", None))
            if each is not None
        )
    )


def _is_same(before: Workload, after: Workload) -> bool:
    """Whether it is the same thing by name, and its sessions last as long."""
    return (
        type(before) is type(after)
        and before.arn == after.arn
        and before.lifetime == after.lifetime
    )
