"""Points in time, written as AWS writes them."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import PlainValidator, WithJsonSchema

from imds_sim.config.schema.text import shown, text_of

_FORM = "%Y-%m-%dT%H:%M:%SZ"


def _moment(value: object) -> datetime:
    if isinstance(value, datetime):  # from Python
        if value.tzinfo is None:
            raise ValueError("must have a time zone")
        return value.astimezone(UTC)
    text = text_of(value)
    try:
        return datetime.strptime(text, _FORM).replace(tzinfo=UTC)
    except ValueError:
        raise ValueError(f"{shown(text)} is not a time; write it like 2026-01-02T03:04:05Z") from (
            None
        )


Moment = Annotated[
    datetime,
    PlainValidator(_moment),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$",
        }
    ),
]
