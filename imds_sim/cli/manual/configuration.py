"""imds-sim.yaml(5): every key of the configuration, from its JSON Schema."""

from collections.abc import Iterator, Mapping
from typing import Any

from imds_sim.cli.manual.roff import entry, heading

Schema = Mapping[str, Any]


def page(schema: Schema) -> str:
    """The page about everything that `schema` allows; NAME and [] stand for entries."""
    parts = [
        heading("imds-sim.yaml", "5", "configuration of imds\\-sim"),
        ".SH DESCRIPTION\nOne YAML file. Durations read like 90s, 15m or 6h35m; files are named"
        " relative to it.\n.B imds\\-sim check\nreports every error with line and column.\n",
        ".SH KEYS\n",
    ]
    parts += [entry(path, text) for path, text in keys(schema, schema["$defs"], ())]
    parts.append(".SH SEE ALSO\n.BR imds\\-sim (8)\n")
    return "".join(parts)


def keys(schema: Schema, sections: Schema, above: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Every key below `schema` by its path, with its description; above tells where we are."""
    for name, member in schema.get("properties", {}).items():
        path = (*above, name)
        yield ".".join(path), member.get("description", "")
        for inner, entries in _sections(member, sections):
            yield from keys(inner, sections, (*path, *entries))


def _sections(member: Schema, sections: Schema) -> Iterator[tuple[Schema, tuple[str, ...]]]:
    if "$ref" in member:
        yield sections[member["$ref"].rpartition("/")[2]], ()
    for choice in member.get("anyOf", ()):
        yield from _sections(choice, sections)
    below = [("[]", member.get("items")), ("NAME", member.get("additionalProperties"))]
    below += [("NAME", each) for each in member.get("patternProperties", {}).values()]
    for place, entry_schema in below:
        if isinstance(entry_schema, dict):
            for inner, entries in _sections(entry_schema, sections):
                yield inner, (place, *entries)
