"""Events of an instance, in the file and on the admin surface alike.

Source: EC2 User Guide, "Scheduled events for your instances", "Spot Instance interruption notices";
EC2 Auto Scaling User Guide, "Amazon EC2 Auto Scaling instance lifecycle".
"""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal, Self

from pydantic import Field, PlainValidator, WithJsonSchema, model_validator

from imds_sim.config.schema.durations import EventSpan
from imds_sim.config.schema.section import Section
from imds_sim.config.schema.text import matching, one_of, shown, text_of
from imds_sim.workloads.events import MaintenanceState, SpotAction

TYPES = ("spot", "rebalance", "maintenance", "lifecycle")
CODES = {
    "instance-reboot": "scheduled reboot",
    "system-reboot": "scheduled reboot",
    "system-maintenance": "scheduled maintenance",
    "instance-retirement": "scheduled retirement",
    "instance-stop": "scheduled stop",
}
LIFECYCLE_STATES = (
    *("Detached", "InService", "Standby", "Terminated"),
    *("Warmed:Hibernated", "Warmed:Running", "Warmed:Stopped", "Warmed:Terminated"),
)
# Which keys a type has beside `type`, `in` and `at`.
_OWN = {
    "spot": {"action", "notice"},
    "rebalance": set[str](),
    "maintenance": {"code", "state", "description", "id", "duration", "notice"},
    "lifecycle": {"state"},
}


def _moment(value: object) -> datetime:
    if isinstance(value, datetime) and value.tzinfo is not None:  # from Python
        return value.astimezone(UTC)
    text = text_of(value)
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is not None and 2000 <= moment.year < 2200:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise ValueError(f"{shown(text)} is not a time; write it like 2026-01-02T03:04:05Z")


def _choice(*choices: str) -> tuple[PlainValidator, WithJsonSchema]:
    return PlainValidator(one_of(*choices)), WithJsonSchema({"enum": list(choices)})


Moment = Annotated[
    datetime,
    PlainValidator(_moment),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
Type = Annotated[Literal["spot", "rebalance", "maintenance", "lifecycle"], *_choice(*TYPES)]
Action = Annotated[str, *_choice(*SpotAction)]
Code = Annotated[str, *_choice(*CODES)]
State = Annotated[str, *_choice(*MaintenanceState, *LIFECYCLE_STATES)]
EventId = Annotated[
    str,
    PlainValidator(
        matching("instance-event-[0-9a-f]{17}", "an event id; instance-event- and 17 of 0-9a-f")
    ),
    WithJsonSchema({"type": "string", "pattern": "^instance-event-[0-9a-f]{17}$"}),
]
Description = Annotated[
    str, PlainValidator(matching("[ -~]{1,255}", "1 to 255 printable ASCII characters")),
    WithJsonSchema({"type": "string", "minLength": 1, "maxLength": 255}),
]  # fmt: skip


class EventSection(Section):
    """One event; what belongs to another type is refused."""

    type: Type = Field(description="spot, rebalance, maintenance or lifecycle. Required.")
    delay: EventSpan = Field(
        timedelta(0),
        alias="in",
        description="When it happens, counted from the start of the daemon. Default: 0s.",
    )
    at: Moment | None = Field(
        None, description="When it happens, in place of in. Default: as in says."
    )
    notice: EventSpan | None = Field(
        None,
        description="How long before it is told of. Default: of spot interruptions 2m, of a "
        "hibernation 0s; of maintenance from the start on.",
    )
    action: Action = Field(
        SpotAction.TERMINATE.value,
        description="Of spot: terminate, stop or hibernate. Default: terminate.",
    )
    code: Code = Field(
        "system-reboot",
        description=f"Of maintenance: {', '.join(CODES)}. Default: system-reboot.",
    )
    state: State | None = Field(
        None,
        description="Of maintenance: active, completed or canceled. Default: active until it is "
        f"over. Of lifecycle, required: {', '.join(LIFECYCLE_STATES)}.",
    )
    description: Description | None = Field(
        None, description="Of maintenance. Default: as EC2 words it for the code."
    )
    id: EventId | None = Field(None, description="Of maintenance. Default: derived.")
    duration: EventSpan = Field(
        timedelta(hours=2), description="Of maintenance, from its start to its end. Default: 2h."
    )

    @model_validator(mode="after")
    def _of_its_type(self) -> Self:
        given = {("in" if each == "delay" else each) for each in self.model_fields_set}
        if {"in", "at"} <= given:
            raise ValueError("give in or at, not both")
        if foreign := sorted(given - {"type", "in", "at"} - _OWN[self.type]):
            raise ValueError(f"{foreign[0]} is no key of type {self.type}")
        states = LIFECYCLE_STATES if self.type == "lifecycle" else tuple(MaintenanceState)
        may_be_missing = self.type != "lifecycle" and self.state is None
        if not may_be_missing and self.state not in states:
            raise ValueError(f"state of type {self.type} must be one of {', '.join(states)}")
        return self
