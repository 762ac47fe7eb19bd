"""`events/`, `spot/`, `autoscaling/`: what happens to the instance, from when it is told on.

Source: EC2 User Guide, "Scheduled events", "Spot Instance interruption notices", "Rebalance
recommendations"; the idle values of `maintenance/` from cloud-init's recordings.
"""

from collections.abc import Callable, Iterator, Mapping

from imds_sim.imds.layout import document_list
from imds_sim.imds.tree import Content, Directory, Leaf, Node, text
from imds_sim.imds.view import View
from imds_sim.kernel.timestamps import http_date, iso_seconds
from imds_sim.workloads.events import Maintenance, MaintenanceState, SpotAction

SINCE = "2018-08-17"


def _told(event: Maintenance, state: MaintenanceState) -> dict[str, str | None]:
    prefix = "" if state is MaintenanceState.ACTIVE else f"[{state.value.capitalize()}] "
    return {
        # `21 Jan 2019 09:00:43 GMT`: an HTTP date without its weekday.
        "NotBefore": http_date(event.not_before)[5:],
        "Code": event.code,
        "Description": prefix + event.description,
        "EventId": event.id,
        "NotAfter": http_date(event.not_after)[5:],
        "State": state.value,
    }


def _maintenance(read: Callable[[View], Iterator[Maintenance]]) -> Leaf[View]:
    def content(view: View) -> Content:
        told = [_told(each, each.state_at(view.now)) for each in read(view)]
        return Content(document_list(told))

    return Leaf(content, SINCE)


def _rebalance(view: View) -> str | None:
    noticed = view.instance.events.rebalance_notice(view.now)
    return None if noticed is None else f'{{"noticeTime": "{iso_seconds(noticed)}"}}'


def _instance_action(view: View) -> str | None:
    spot = view.instance.events.interruption(view.now)
    if spot is None:
        return None
    return f'{{"action": "{spot.action.value}", "time": "{iso_seconds(spot.at)}"}}'


def _termination_time(view: View) -> str | None:
    spot = view.instance.events.interruption(view.now)
    is_termination = spot is not None and spot.action is SpotAction.TERMINATE
    return iso_seconds(spot.at) if spot is not None and is_termination else None


def _lifecycle_state(view: View) -> str | None:
    return view.instance.events.target_lifecycle_state(view.now)


NODES: Mapping[str, Node[View]] = {
    "autoscaling": Directory({"target-lifecycle-state": text(_lifecycle_state, "2021-07-15")}),
    "events": Directory(
        {
            "maintenance": Directory(
                {
                    "history": _maintenance(lambda view: view.instance.events.history(view.now)),
                    "scheduled": _maintenance(
                        lambda view: view.instance.events.scheduled(view.now)
                    ),
                }
            ),
            "recommendations": Directory({"rebalance": text(_rebalance, "2020-10-27")}),
        }
    ),
    "spot": Directory(
        {
            "instance-action": text(_instance_action, "2016-11-15"),
            "termination-time": text(_termination_time, "2014-11-05"),
        }
    ),
}
