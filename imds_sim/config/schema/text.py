"""Reading text values: what kind of thing a value is, patterns, choices, truth values."""

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Annotated

from pydantic import PlainValidator, WithJsonSchema

from imds_sim.kernel.secret import Secret


def kind_of(value: object) -> str:
    """What a value is, in the words of the file; never the value itself, it may be secret."""
    match value:
        case None:
            return "nothing"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return "a number"
        case str() | Secret():
            return "text"
        case Mapping():
            return "a mapping"
        case timedelta():
            return "a duration"
        case _:
            return "a list"


def text_of(value: object) -> str:
    """`value` if it is text. Raises ValueError."""
    if isinstance(value, str):
        return value
    hint = "; put it in quotes" if isinstance(value, bool | int | float) else ""
    raise ValueError(f"must be text, not {kind_of(value)}{hint}")


def matching(pattern: str, allowed: str) -> Callable[[object], str]:
    """Reads text that `pattern` (ASCII) matches whole; `allowed` says so in words."""
    compiled = re.compile(pattern, re.ASCII)

    def read(value: object) -> str:
        text = text_of(value)
        if compiled.fullmatch(text) is None:
            raise ValueError(f"{shown(text)} is not {allowed}")
        return text

    return read


def one_of(*choices: str) -> Callable[[object], str]:
    """Reads one of `choices`."""
    allowed = " or ".join((", ".join(choices[:-1]), choices[-1])) if choices[1:] else choices[0]

    def read(value: object) -> str:
        if isinstance(value, str) and value in choices:
            return value
        given = shown(value) if isinstance(value, str) else kind_of(value)
        raise ValueError(f"must be {allowed}, not {given}")

    return read


def shown(text: str) -> str:
    """`text` in quotes, in one line and not too long."""
    return repr(text if len(text) <= 80 else f"{text[:77]}...")


def whole_number(value: object) -> int:
    """`value` if it is a whole number. Raises ValueError."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise ValueError(f"must be a whole number, not {kind_of(value)}")


def _truth(value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise ValueError(f"must be true or false, not {kind_of(value)}")


def _seed(value: object) -> int | str:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and value:
        return value
    raise ValueError(f"must be a whole number or a text, not {kind_of(value)}")


Truth = Annotated[bool, PlainValidator(_truth), WithJsonSchema({"type": "boolean"})]
Seed = Annotated[
    int | str,
    PlainValidator(_seed),
    WithJsonSchema({"anyOf": [{"type": "integer"}, {"type": "string", "minLength": 1}]}),
]
