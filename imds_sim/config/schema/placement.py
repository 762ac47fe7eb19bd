"""Placement groups and dedicated hosts.

Source: EC2 API, `Placement`, `CreatePlacementGroup`: names of 255 ASCII characters, 7 partitions.
"""

from typing import Annotated

from pydantic import Field, PlainValidator, WithJsonSchema

from imds_sim.config.schema.section import Section
from imds_sim.config.schema.text import matching, whole_number

MAX_PARTITIONS = 7
_GROUP = "[ -~]{1,255}"
_HOST = "h-[0-9a-f]{8}([0-9a-f]{9})?"


def _partition(value: object) -> int:
    number = whole_number(value)
    if not 1 <= number <= MAX_PARTITIONS:
        raise ValueError(f"{number} is not a partition; allowed: 1 to {MAX_PARTITIONS}")
    return number


GroupName = Annotated[
    str,
    PlainValidator(matching(_GROUP, "a placement group name: 1 to 255 ASCII characters")),
    WithJsonSchema({"type": "string", "pattern": f"^{_GROUP}$"}),
]
HostId = Annotated[
    str,
    PlainValidator(matching(_HOST, "a host id; write h- and 8 or 17 of 0-9a-f")),
    WithJsonSchema({"type": "string", "pattern": f"^{_HOST}$"}),
]
PartitionNumber = Annotated[
    int,
    PlainValidator(_partition),
    WithJsonSchema({"type": "integer", "minimum": 1, "maximum": MAX_PARTITIONS}),
]


class PlacementSection(Section):
    """Where in its zone an instance runs."""

    group_name: GroupName | None = Field(None, description="Placement group. Default: none.")
    host_id: HostId | None = Field(None, description="Dedicated host. Default: none.")
    partition_number: PartitionNumber | None = Field(
        None, description="Partition of the placement group, 1 to 7. Default: none."
    )
