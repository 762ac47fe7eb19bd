"""The schema of the file for editors, as JSON Schema 2020-12."""

from datetime import timedelta

from pydantic.json_schema import GenerateJsonSchema

from imds_sim.config.schema.configuration import Configuration
from imds_sim.kernel.address import DescriptorAddress, TcpAddress, UnixAddress
from imds_sim.kernel.timestamps import format_duration


class _Generator(GenerateJsonSchema):
    """Writes defaults as the file would have them."""

    def encode_default(self, dft: object) -> object:
        match dft:
            case timedelta():
                return format_duration(dft)
            case TcpAddress() | UnixAddress() | DescriptorAddress():
                return str(dft)
            case tuple():
                return [self.encode_default(each) for each in dft]
            case _:
                return super().encode_default(dft)


def json_schema() -> dict[str, object]:
    """The schema of everything that is supported; each key tells its meaning, unit and default."""
    schema = Configuration.model_json_schema(schema_generator=_Generator)
    cleaned = _without_titles(schema)
    return {
        "$schema": GenerateJsonSchema.schema_dialect,
        **cleaned,
        "title": "Configuration of imds-sim",
    }


def _without_titles(schema: dict[str, object]) -> dict[str, object]:
    """The titles that pydantic makes of key names say nothing new."""
    cleaned: dict[str, object] = {}
    for key, value in schema.items():
        if key == "title" and isinstance(value, str):
            continue
        if isinstance(value, dict):
            value = _without_titles(value)
        elif isinstance(value, list):
            value = [_without_titles(each) if isinstance(each, dict) else each for each in value]
        cleaned[key] = value
    return cleaned
