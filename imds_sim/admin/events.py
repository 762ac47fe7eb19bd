"""Events of an instance in JSON: those that are planned, and one more from a body.

A body is an event as the file has it; `in` counts from now.
"""

import hashlib
from datetime import datetime

from pydantic import ValidationError

from imds_sim.admin.body import read_object
from imds_sim.admin.errors import BodyInvalid, QueryInvalid
from imds_sim.config.build_events import with_event
from imds_sim.config.schema.events import TYPES, EventSection
from imds_sim.kernel.timestamps import iso_seconds
from imds_sim.simulator.overlay import Setting
from imds_sim.workloads.events import NO_EVENTS, Events
from imds_sim.workloads.instance import Instance

MOST = 100  # events of one type on one instance


def events_document(events: Events, now: datetime) -> list[dict[str, object]]:
    """Every event of an instance, and whether its metadata tells of it already."""
    listed: list[dict[str, object]] = []
    if spot := events.spot:
        told = {"type": "spot", "action": spot.action.value, "at": iso_seconds(spot.at)}
        listed.append({**told, "told": events.interruption(now) is not None})
    if at := events.rebalance:
        listed.append({"type": "rebalance", "at": iso_seconds(at), "told": now >= at})
    listed += [
        {
            "type": "maintenance",
            "code": each.code,
            "id": each.id,
            "at": iso_seconds(each.not_before),
            "state": each.state_at(now).value,
            "told": now >= each.notice_at,
        }
        for each in events.maintenance
    ]
    listed += [
        {"type": "lifecycle", "state": to.state, "at": iso_seconds(to.at), "told": now >= to.at}
        for to in events.lifecycle
    ]
    return listed


def read_event(body: bytes, instance: Instance, now: datetime) -> Setting:
    """One event more, as a change of its type. Raises BodyInvalid."""
    try:
        section = EventSection.model_validate(read_object(body))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"]))
        message = first["msg"].removeprefix("Value error, ")
        raise BodyInvalid(f"{place}: {message}" if place else message) from None
    if section.type == "spot" and instance.life_cycle not in (None, "spot"):
        raise BodyInvalid(f"{instance.name} is {instance.life_cycle}, no spot instance")
    seed = f"{instance.id} {now.isoformat()} {len(instance.events.maintenance)}"
    event_id = section.id or f"instance-event-0{hashlib.sha256(seed.encode()).hexdigest()[:16]}"
    events = with_event(instance.events, section, now, event_id)
    if max(len(events.maintenance), len(events.lifecycle)) > MOST:
        raise BodyInvalid(f"{instance.name} has {MOST} events of type {section.type} already")
    return _setting(section.type, events, now)


def read_clear(kind: str | None, now: datetime) -> tuple[Setting, ...]:
    """No event of one type, or of any, those of the file included. Raises QueryInvalid."""
    if kind is not None and kind not in TYPES:
        raise QueryInvalid(f"type: {kind!r} is not one of {', '.join(TYPES)}")
    return tuple(_setting(each, NO_EVENTS, now) for each in TYPES if kind in (None, each))


def _setting(kind: str, events: Events, now: datetime) -> Setting:
    listed = [each for each in events_document(events, now) if each["type"] == kind]
    shown = [{key: each[key] for key in each if key != "told"} for each in listed]
    return Setting(f"events.{kind}", ("events", kind), getattr(events, kind), shown or "none")
