"""A section of the file: its keys, and what a typo meant."""

from collections.abc import Iterator
from difflib import get_close_matches
from typing import get_args

from pydantic import BaseModel, ConfigDict, model_validator
from pydantic.fields import FieldInfo

from imds_sim.config.findings import KeyPath

NEAR = 0.65  # of a name to one that is known: above it a typo (wbe), below it another word


class Section(BaseModel):
    """A mapping with known keys; a section that holds nothing has its defaults."""

    # Built at first use, and then as parts of the whole: start-up time is a feature.
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, defer_build=True)

    @model_validator(mode="before")
    @classmethod
    def _nothing_means_defaults(cls, value: object) -> object:
        return {} if value is None else value

    @classmethod
    def fields_by_key(cls) -> dict[str, FieldInfo]:
        """The keys as the file spells them."""
        return {field.alias or name: field for name, field in cls.model_fields.items()}


def why_not_a_key(section: type[Section], key: str) -> str:
    """What to tell about a key that `section` does not take."""
    fields = section.fields_by_key()
    inside = {
        each: parent
        for parent, field in fields.items()
        if (below := _section_of(field)) is not None
        for each in below.fields_by_key()
    }
    if key in inside:
        return f"unknown key; it belongs in {inside[key]}"
    if (nearest := nearest_of(key, list(fields))) is not None:
        return f"unknown key; did you mean {nearest}?"
    if (nearest := nearest_of(key, list(inside))) is not None:
        return f"unknown key; did you mean {nearest}, in {inside[nearest]}?"
    return f"unknown key; allowed here: {', '.join(fields)}"


def nearest_of(word: str, known: list[str]) -> str | None:
    """The entry of `known` that `word` was most likely meant to be."""
    plainer = {entry.lower().replace("-", "_"): entry for entry in known}
    found = get_close_matches(word.lower().replace("-", "_"), plainer, n=1, cutoff=NEAR)
    return plainer[found[0]] if found else None


def section_at(top: type[Section], path: KeyPath) -> type[Section] | None:
    """The section that stands at `path`; None where a single value stands."""
    section: type[Section] | None = top
    entries: type[Section] | None = None  # the section of each entry, between a key and its name
    for part in path:
        if entries is not None:
            section, entries = entries, None
            continue
        known = section.fields_by_key() if section is not None else {}
        if part not in known:
            return None
        field = known[str(part)]
        section = _section_of(field)
        if section is None:
            entries = next(_sections_in(field.annotation), None)
    return section


def _section_of(field: FieldInfo) -> type[Section] | None:
    """The section that stands at a key itself, not in entries of its own."""
    section = next(_sections_in(field.annotation), None)
    is_direct = section is not None and field.annotation in (section, section | None)
    return section if is_direct else None


def _sections_in(annotation: object) -> Iterator[type[Section]]:
    if isinstance(annotation, type) and issubclass(annotation, Section):
        yield annotation
    for argument in get_args(annotation):
        yield from _sections_in(argument)
