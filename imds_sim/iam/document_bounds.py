"""How large a policy document may be at all, so that none costs much to read.

The quotas of AWS are lower and differ by kind; these bounds are ours, and protect the process.
"""

import json
import re
from collections.abc import Mapping

from imds_sim.kernel.errors import SimError

MAX_CHARACTERS = 65_536  # in keys and values together, or of JSON text
MAX_DEPTH = 16  # of lists and objects; a policy needs seven

# A string that never ends is taken to the end of the text, and nothing is tried twice.
_STRING_OR_BRACKET = re.compile(r'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)|[\[\]{}]', re.DOTALL)


class NotADocument(SimError):
    """Text that is no JSON, names an element twice, or is beyond the bounds."""


def decode(text: str) -> object:
    """Decode JSON. Raises NotADocument, also for an element that occurs twice in an object."""
    if len(text) > MAX_CHARACTERS:
        raise NotADocument(f"more than {MAX_CHARACTERS} characters")
    depth = 0
    for match in _STRING_OR_BRACKET.finditer(text):
        if match[0] in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise NotADocument(f"nested deeper than {MAX_DEPTH}")
        elif match[0] in "]}":
            depth -= 1
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=_refuse_constant)
    except ValueError as error:  # also of an integer with thousands of digits
        raise NotADocument(str(error)) from None


def check_bounds(document: object) -> None:
    """Raise NotADocument if decoded data is too deep or too large, however often parts recur."""
    budget = MAX_CHARACTERS
    waiting = [(document, 1)]
    while waiting:
        value, depth = waiting.pop()
        children: list[object] = []
        if isinstance(value, Mapping):
            children = [*value.keys(), *value.values()]
        elif isinstance(value, list):
            children = value
        if children and depth > MAX_DEPTH:
            raise NotADocument(f"nested deeper than {MAX_DEPTH}")
        budget -= len(value) if isinstance(value, str) else 1
        if budget - len(waiting) - len(children) < 0:
            raise NotADocument(f"more than {MAX_CHARACTERS} characters")
        waiting.extend((child, depth + 1) for child in children)


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    document = dict(pairs)
    if len(document) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in document if names.count(name) > 1)
        raise NotADocument(f"the element {twice[:64]!r} stands twice in one object")
    return document


def _refuse_constant(name: str) -> object:
    raise NotADocument(f"{name} is no value of JSON")
