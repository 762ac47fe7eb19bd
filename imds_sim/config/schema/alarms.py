"""Alarms on the audit: which calls count, and how many within what time."""

from datetime import timedelta
from typing import Annotated

from pydantic import Field, PlainValidator, WithJsonSchema

from imds_sim.config.schema.durations import AlarmPeriod, Hoarding
from imds_sim.config.schema.listen import ClientPrefixes
from imds_sim.config.schema.section import Section
from imds_sim.config.schema.text import matching, one_of, whole_number

MAX_THRESHOLD = 10_000
CONDITIONS = ("event_name", "error_code", "source_addresses", "not_source_addresses", "hoarding")
_EVENTS = (
    "AssumeRole",
    "AssumeRoleWithSAML",
    "AssumeRoleWithWebIdentity",
    "AssumeRoot",
    "DecodeAuthorizationMessage",
    "GetAccessKeyInfo",
    "GetCallerIdentity",
    "GetDelegatedAccessToken",
    "GetFederationToken",
    "GetSessionToken",
    "GetWebIdentityToken",
)


def _threshold(value: object) -> int:
    number = whole_number(value)
    if not 1 <= number <= MAX_THRESHOLD:
        raise ValueError(f"{number} is not allowed; allowed: 1 to {MAX_THRESHOLD}")
    return number


EventName = Annotated[
    str, PlainValidator(one_of(*_EVENTS)), WithJsonSchema({"enum": list(_EVENTS)})
]
_CODE = "[A-Za-z][A-Za-z.]{0,127}"
ErrorCode = Annotated[
    str,
    PlainValidator(matching(_CODE, "an error code such as AccessDenied")),
    WithJsonSchema({"type": "string", "pattern": f"^{_CODE}$"}),
]
Threshold = Annotated[
    int,
    PlainValidator(_threshold),
    WithJsonSchema({"type": "integer", "minimum": 1, "maximum": MAX_THRESHOLD}),
]


class AlarmSection(Section):
    """An alarm; a call counts if it meets every condition given, and one must be given."""

    event_name: EventName | None = Field(
        None, description="Operation, such as AssumeRole. Default: any."
    )
    error_code: ErrorCode | None = Field(
        None, description="Error of the call, such as AccessDenied. Default: any, or none."
    )
    source_addresses: ClientPrefixes = Field(
        (), description="Addresses and prefixes that the call comes from. Default: [], any."
    )
    not_source_addresses: ClientPrefixes = Field(
        (),
        description="Addresses and prefixes that the call does not come from. Default: [].",
    )
    hoarding: Hoarding | None = Field(
        None,
        description="The call is signed with credentials of a workload that was handed newer ones "
        "longer ago than this, 0 to 12h. Default: none.",
    )
    threshold: Threshold = Field(
        1, description="How many such calls raise the alarm, 1 to 10000. Default: 1."
    )
    period: AlarmPeriod = Field(
        timedelta(minutes=1),
        description="Within what time, and how long the alarm then lasts, 1s to 1d. Default: 1m.",
    )

    @property
    def has_condition(self) -> bool:
        """Whether it is about some calls and not about all."""
        return any(getattr(self, key) not in (None, ()) for key in CONDITIONS)
