"""JSON as EC2 lays it out: a space on both sides of the colon, two in front of the key."""

from collections.abc import Mapping
from json.encoder import encode_basestring_ascii as quoted


def document(members: Mapping[str, str | None]) -> bytes:
    """An object of strings and nulls in the order given, without final line feed."""
    lines = [
        f'  "{key}" : {"null" if value is None else quoted(value)}'
        for key, value in members.items()
    ]
    return "{{\n{}\n}}".format(",\n".join(lines)).encode()
