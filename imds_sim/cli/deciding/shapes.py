"""Reads plain data with care: each value is what it must be, or the error says where."""

from collections.abc import Iterable, Mapping

from imds_sim.cli.deciding.errors import LineInvalid, LinePath

Object = Mapping[str, object]


def mapping(value: object, path: LinePath) -> Object:
    """A JSON object. Raises LineInvalid."""
    if not isinstance(value, dict):
        raise LineInvalid.at(path, "must be an object" if path else "a line is one JSON object")
    return value


def listed(value: object, path: LinePath) -> list[object]:
    """A JSON list. Raises LineInvalid."""
    if not isinstance(value, list):
        raise LineInvalid.at(path, "must be a list")
    return value


def text(value: object, path: LinePath) -> str:
    """Text with something in it. Raises LineInvalid."""
    if not isinstance(value, str) or not value:
        raise LineInvalid.at(path, "must be text")
    return value


def required(value: Object, key: str, path: LinePath) -> object:
    """The value of a key that must be there. Raises LineInvalid."""
    if value.get(key) is None:
        raise LineInvalid.at((*path, key), "is missing")
    return value[key]


def only(value: Object, known: Iterable[str], path: LinePath) -> None:
    """Raise LineInvalid if there is a key other than `known`: a typo must not pass for absence."""
    for key in value:
        if key not in known:
            raise LineInvalid.at((*path, key), f"unknown key; allowed: {', '.join(known)}")
