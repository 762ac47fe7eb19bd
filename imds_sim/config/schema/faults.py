"""Faults that are armed at the start, and the weather."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, PlainValidator, WithJsonSchema

from imds_sim.config.schema.endpoints import endpoint_path
from imds_sim.config.schema.listen import ClientPrefix
from imds_sim.config.schema.names import workload_name
from imds_sim.config.schema.section import Section
from imds_sim.config.schema.text import Seed, one_of, text_of
from imds_sim.faults.errors import FaultInvalid
from imds_sim.faults.scenario import Scenario
from imds_sim.kernel.exchange import Surface

MAX_FAULTS = 128


def _scenario(value: object) -> Scenario:
    if isinstance(value, Scenario):  # from Python
        return value
    from imds_sim.faults.grammar import parse  # only a file with faults needs the catalogue

    try:
        return parse(text_of(value))
    except FaultInvalid as error:
        raise ValueError(str(error)) from None


def _workload(value: object) -> str:
    """A name, or the path of an endpoint, which is its name."""
    text = text_of(value)
    return endpoint_path(text) if text.startswith("/") else workload_name(text)


def _line_means_fault(value: object) -> object:
    return {"fault": value} if isinstance(value, str) else value


def _at_most(faults: tuple[Any, ...]) -> tuple[Any, ...]:
    if len(faults) > MAX_FAULTS:
        raise ValueError(f"{len(faults)} faults; allowed: {MAX_FAULTS}")
    return faults


_TEXT = WithJsonSchema({"type": "string"})
Fault = Annotated[Scenario, PlainValidator(_scenario), _TEXT]
SurfaceName = Annotated[
    str,
    PlainValidator(one_of(*Surface)),
    WithJsonSchema({"enum": [each.value for each in Surface]}),
]
LEVELS: tuple[Literal["mild", "rough", "wild"], ...] = ("mild", "rough", "wild")
LevelName = Annotated[
    Literal["mild", "rough", "wild"],
    PlainValidator(one_of(*LEVELS)),
    WithJsonSchema({"enum": list(LEVELS)}),
]


class FaultSection(Section):
    """A fault, and whose requests it is for."""

    fault: Fault = Field(
        description="TARGET:EFFECT[=VALUE][+SKIP][*COUNT][~PROBABILITY], joined by &; see "
        "imds-sim fault catalogue. Required."
    )
    workload: Annotated[str, PlainValidator(_workload), _TEXT] | None = Field(
        None,
        alias="as",
        description="Name of the workload that it is for, or path of the endpoint. Default: all.",
    )
    surface: SurfaceName | None = Field(
        None, description="Surface that it is for. Default: whatever its target concerns."
    )
    client: ClientPrefix | None = Field(
        None, description="Address or prefix of the clients that it is for. Default: all."
    )


_LINE_OR_SECTION = WithJsonSchema(
    {
        "anyOf": [
            {"type": "string"},
            {
                "type": "object",
                "additionalProperties": False,
                "required": ["fault"],
                "properties": {
                    name: {"description": field.description, "type": "string"}
                    for name, field in FaultSection.fields_by_key().items()
                },
            },
        ]
    }
)
FaultItem = Annotated[FaultSection, BeforeValidator(_line_means_fault), _LINE_OR_SECTION]
Faults = Annotated[tuple[FaultItem, ...], Field(strict=False), AfterValidator(_at_most)]


class WeatherSection(Section):
    """What is legal but unusual, now and then."""

    level: LevelName = Field(
        "mild", description="How often: mild (10 %), rough (30 %) or wild (60 %). Default: mild."
    )
    seed: Seed | None = Field(
        None, description="Makes this weather repeatable by itself. Default: the seed of the file."
    )
