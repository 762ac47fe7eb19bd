"""What happens to an instance, and from when its metadata tells of it.

Source: EC2 User Guide, "Spot Instance interruption notices", "EC2 instance rebalance
recommendations", "Scheduled events for your instances"; EC2 Auto Scaling User Guide, "Retrieve the
target lifecycle state through instance metadata".
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

NOTICE = timedelta(minutes=2)  # between the notice of a spot interruption and the interruption


class SpotAction(StrEnum):
    """What becomes of a spot instance."""

    TERMINATE = "terminate"
    STOP = "stop"
    HIBERNATE = "hibernate"


@dataclass(frozen=True, slots=True)
class SpotInterruption:
    """Happens `at`; the notice comes before, that of hibernation with it."""

    action: SpotAction
    at: datetime
    notice_at: datetime


class MaintenanceState(StrEnum):
    """How a scheduled event stands."""

    ACTIVE = "active"
    COMPLETED = "completed"
    CANCELED = "canceled"


@dataclass(frozen=True, slots=True)
class Maintenance:
    """A scheduled event, told of from `notice_at` on; once `not_after` is past it is completed."""

    id: str
    code: str
    description: str
    not_before: datetime
    not_after: datetime
    notice_at: datetime
    state: MaintenanceState = MaintenanceState.ACTIVE

    def state_at(self, now: datetime) -> MaintenanceState:
        """How it stands."""
        if self.state is MaintenanceState.ACTIVE and now >= self.not_after:
            return MaintenanceState.COMPLETED
        return self.state


@dataclass(frozen=True, slots=True)
class Transition:
    """From `at` on an Auto Scaling group wants the instance in `state`."""

    at: datetime
    state: str


@dataclass(frozen=True, slots=True)
class Events:
    """Everything that is planned for one instance; what is not due yet shows nowhere."""

    spot: SpotInterruption | None = None
    rebalance: datetime | None = None
    maintenance: tuple[Maintenance, ...] = ()
    lifecycle: tuple[Transition, ...] = ()

    def interruption(self, now: datetime) -> SpotInterruption | None:
        """The spot interruption that notice was given of."""
        return self.spot if self.spot is not None and now >= self.spot.notice_at else None

    def rebalance_notice(self, now: datetime) -> datetime | None:
        """When a rebalance was recommended."""
        return self.rebalance if self.rebalance is not None and now >= self.rebalance else None

    def scheduled(self, now: datetime) -> Iterator[Maintenance]:
        """The maintenance that is still to come or going on."""
        for each in self.maintenance:
            if now >= each.notice_at and each.state_at(now) is MaintenanceState.ACTIVE:
                yield each

    def history(self, now: datetime) -> Iterator[Maintenance]:
        """The maintenance that is over, or was canceled."""
        for each in self.maintenance:
            if now >= each.notice_at and each.state_at(now) is not MaintenanceState.ACTIVE:
                yield each

    def target_lifecycle_state(self, now: datetime) -> str | None:
        """The state of the newest transition, in an Auto Scaling group after its first."""
        due = [each for each in self.lifecycle if now >= each.at]
        return max(due, key=lambda each: each.at).state if due else None


NO_EVENTS = Events()
