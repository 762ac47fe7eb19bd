"""JSON as EC2 lays it out: a space on both sides of the colon, two in front of the key."""

from collections.abc import Iterable, Mapping
from json.encoder import encode_basestring_ascii as quoted

Value = str | None | tuple[str, ...]


def document(members: Mapping[str, Value]) -> bytes:
    """An object of strings, lists and nulls in the order given, without final line feed."""
    return _object(members).encode()


def document_list(objects: Iterable[Mapping[str, Value]]) -> bytes:
    """An array of objects, `[]` if there are none; source: EC2 User Guide, "Scheduled events"."""
    written = ", ".join(map(_object, objects))
    return f"[ {written} ]".encode() if written else b"[]"


def _object(members: Mapping[str, Value]) -> str:
    lines = [f'  "{key}" : {_value(value)}' for key, value in members.items()]
    return "{{\n{}\n}}".format(",\n".join(lines))


def _value(value: Value) -> str:
    if isinstance(value, tuple):
        return f"[ {', '.join(map(quoted, value))} ]"
    return "null" if value is None else quoted(value)
