"""Events as they are written, with what they leave out, as the plan of an instance."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from imds_sim.config.schema.events import CODES, EventSection
from imds_sim.kernel.identifiers import Identifiers
from imds_sim.workloads.events import (
    NOTICE,
    Events,
    Maintenance,
    MaintenanceState,
    SpotAction,
    SpotInterruption,
    Transition,
)


def build_events(
    sections: Iterable[EventSection], start: datetime, ids: Identifiers, instance: str
) -> Events:
    """The plan of the instance of this name; `in` counts from `start`."""
    events = Events()
    for number, section in enumerate(sections):
        event_id = section.id or ids.resource("instance-event", instance, str(number))
        events = with_event(events, section, start, event_id)
    return events


def with_event(events: Events, section: EventSection, start: datetime, event_id: str) -> Events:
    """`events` and one more; a new spot interruption or recommendation replaces the old one."""
    at = section.at if section.at is not None else start + section.delay
    match section.type:
        case "spot":
            action = SpotAction(section.action)
            usual = timedelta(0) if action is SpotAction.HIBERNATE else NOTICE
            notice = usual if section.notice is None else section.notice
            return replace(events, spot=SpotInterruption(action, at, at - notice))
        case "rebalance":
            return replace(events, rebalance=at)
        case "maintenance":
            planned = Maintenance(
                id=event_id,
                code=section.code,
                description=section.description or CODES[section.code],
                not_before=at,
                not_after=at + section.duration,
                notice_at=min(start, at) if section.notice is None else at - section.notice,
                state=MaintenanceState(section.state or MaintenanceState.ACTIVE),
            )
            others = tuple(each for each in events.maintenance if each.id != event_id)
            return replace(events, maintenance=(*others, planned))
        case "lifecycle":
            moved = (*events.lifecycle, Transition(at, section.state or ""))
            return replace(events, lifecycle=moved)
