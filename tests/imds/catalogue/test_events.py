"""What happens to an instance is told of exactly when it is due, in the form of the guide."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from imds_sim.kernel.clock import ManualClock
from imds_sim.workloads.events import (
    Events,
    Maintenance,
    MaintenanceState,
    SpotAction,
    SpotInterruption,
    Transition,
)
from imds_sim.workloads.instance import Instance
from tests.imds.client import NOW, Client

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
ClientOf = Callable[[Instance], Client]


@pytest.fixture
def planned(client_of: ClientOf, instance: Instance) -> Callable[[Events], Client]:
    return lambda events: client_of(replace(instance, events=events))


def test_with_nothing_planned_maintenance_is_empty_and_the_rest_is_missing(client: Client) -> None:
    assert client.value("events/") == "maintenance/"
    assert client.value("events/maintenance/") == "history\nscheduled"
    assert client.value("events/maintenance/history") == "[]"
    assert client.value("events/maintenance/scheduled") == "[]"
    for path in ("spot", "autoscaling", "events/recommendations"):
        assert client.value(path) is None
    assert client.value("instance-life-cycle") == "on-demand"


def test_a_spot_interruption_is_told_from_its_notice_on(
    planned: Callable[[Events], Client], clock: ManualClock
) -> None:
    spot = SpotInterruption(SpotAction.TERMINATE, NOW + 5 * MINUTE, NOW + 3 * MINUTE)
    client = planned(Events(spot=spot))
    clock.advance(3 * MINUTE - SECOND)
    assert client.value("spot") is None
    clock.advance(SECOND)
    assert client.value("spot") == "instance-action\ntermination-time"
    told = '{"action": "terminate", "time": "2023-10-02T14:37:45Z"}'
    assert client.value("spot/instance-action") == told
    assert client.value("spot/termination-time") == "2023-10-02T14:37:45Z"
    assert client.value("instance-life-cycle") == "spot"
    clock.advance(timedelta(hours=1))
    assert client.value("spot/instance-action") == told


@pytest.mark.parametrize("action", [SpotAction.STOP, SpotAction.HIBERNATE])
def test_only_a_termination_has_a_termination_time(
    planned: Callable[[Events], Client], action: SpotAction
) -> None:
    client = planned(Events(spot=SpotInterruption(action, NOW, NOW)))
    assert client.value("spot/") == "instance-action"
    assert client.value("spot/termination-time") is None


def test_a_rebalance_recommendation_has_the_time_of_its_notice(
    planned: Callable[[Events], Client], clock: ManualClock
) -> None:
    client = planned(Events(rebalance=NOW + SECOND))
    assert client.value("events/recommendations/rebalance") is None
    clock.advance(SECOND)
    assert client.value("events/") == "maintenance/\nrecommendations/"
    told = '{"noticeTime": "2023-10-02T14:32:46Z"}'
    assert client.value("events/recommendations/rebalance") == told
    assert client.get("/2019-10-01/meta-data/events/recommendations/rebalance").status == 404


def maintenance(state: MaintenanceState = MaintenanceState.ACTIVE) -> Maintenance:
    return Maintenance(
        id="instance-event-0d59937288b749b32",
        code="system-reboot",
        description="scheduled reboot",
        not_before=NOW + timedelta(days=7),
        not_after=NOW + timedelta(days=7, minutes=17),
        notice_at=NOW,
        state=state,
    )


SCHEDULED = """[ {
  "NotBefore" : "09 Oct 2023 14:32:45 GMT",
  "Code" : "system-reboot",
  "Description" : "scheduled reboot",
  "EventId" : "instance-event-0d59937288b749b32",
  "NotAfter" : "09 Oct 2023 14:49:45 GMT",
  "State" : "active"
} ]"""


def test_maintenance_goes_into_the_history_once_it_is_over(
    planned: Callable[[Events], Client], clock: ManualClock
) -> None:
    client = planned(Events(maintenance=(maintenance(),)))
    clock.advance(timedelta(days=7, minutes=17) - SECOND)
    assert client.value("events/maintenance/scheduled") == SCHEDULED
    assert client.value("events/maintenance/history") == "[]"
    clock.advance(SECOND)
    assert client.value("events/maintenance/scheduled") == "[]"
    over = SCHEDULED.replace('"scheduled reboot', '"[Completed] scheduled reboot')
    assert client.value("events/maintenance/history") == over.replace("active", "completed")


def test_canceled_maintenance_is_history_at_once(planned: Callable[[Events], Client]) -> None:
    client = planned(Events(maintenance=(maintenance(MaintenanceState.CANCELED), maintenance())))
    assert client.value("events/maintenance/scheduled") == SCHEDULED
    assert "[Canceled] scheduled reboot" in (client.value("events/maintenance/history") or "")


def test_two_events_stand_in_one_array(planned: Callable[[Events], Client]) -> None:
    other = replace(maintenance(), id="instance-event-1")
    told = planned(Events(maintenance=(maintenance(), other))).value("events/maintenance/scheduled")
    assert told is not None
    assert "\n}, {\n" in told


def test_maintenance_is_told_of_when_notice_is_given(
    planned: Callable[[Events], Client], clock: ManualClock
) -> None:
    client = planned(Events(maintenance=(replace(maintenance(), notice_at=NOW + SECOND),)))
    assert client.value("events/maintenance/scheduled") == "[]"
    clock.advance(SECOND)
    assert client.value("events/maintenance/scheduled") == SCHEDULED


def test_the_newest_transition_is_the_target_of_the_group(
    planned: Callable[[Events], Client], clock: ManualClock
) -> None:
    transitions = (
        Transition(NOW + 2 * SECOND, "Terminated"),
        Transition(NOW + SECOND, "InService"),
    )
    client = planned(Events(lifecycle=transitions))
    assert client.value("autoscaling/") is None
    clock.advance(SECOND)
    assert client.value("autoscaling/target-lifecycle-state") == "InService"
    clock.advance(SECOND)
    assert client.value("autoscaling/target-lifecycle-state") == "Terminated"
    assert client.get("/2021-03-23/meta-data/autoscaling/").status == 404
