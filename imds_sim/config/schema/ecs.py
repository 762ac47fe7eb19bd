"""How the server of the ECS agent is set.

Source: amazon-ecs-agent, README, ECS_TASK_METADATA_RPS_LIMIT, for the throttle's defaults.
"""

from typing import Annotated

from pydantic import Field, PlainValidator, WithJsonSchema

from imds_sim.config.schema.section import Section
from imds_sim.config.schema.text import text_of, whole_number

MAX_RATE = 1_000_000


def _rate(value: object) -> int:
    number = whole_number(value)
    if not 1 <= number <= MAX_RATE:
        raise ValueError(f"{number} is not allowed; allowed: 1 to {MAX_RATE}")
    return number


RequestRate = Annotated[
    int,
    PlainValidator(_rate),
    WithJsonSchema({"type": "integer", "minimum": 1, "maximum": MAX_RATE}),
]
IdentityName = Annotated[str, PlainValidator(text_of), WithJsonSchema({"type": "string"})]


class ThrottleSection(Section):
    """How often one client may ask for one path."""

    rate: RequestRate = Field(40, description="Requests a second, 1 to 1000000. Default: 40.")
    burst: RequestRate = Field(60, description="Requests at once, 1 to 1000000. Default: 60.")


class EcsSection(Section):
    """The server of the ECS agent."""

    throttle: ThrottleSection = Field(
        default_factory=ThrottleSection, description="What one client may ask of one path."
    )
    local_endpoints: IdentityName | None = Field(
        None,
        description="A workload, or user/NAME, with whose identity /creds, /role/NAME and "
        "/role-arn/ARN answer as amazon-ecs-local-container-endpoints does. Default: none, these "
        "paths are 404.",
    )
