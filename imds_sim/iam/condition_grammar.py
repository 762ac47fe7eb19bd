"""The grammar of `Condition`: operators over keys over values.

Source: IAM User Guide, "IAM JSON policy elements: Condition operators".
"""

import re
from collections.abc import Iterable, Mapping

from imds_sim.iam.conditions import OPERATORS, UNSUPPORTED_OPERATORS, Condition
from imds_sim.iam.errors import DocumentPath
from imds_sim.iam.reader import Reader, closest, shown, step

_SUPPORTED = {name.lower(): name for name in OPERATORS}
_UNSUPPORTED = frozenset(name.lower() for name in UNSUPPORTED_OPERATORS)
_SET_OPERATOR = re.compile(r"(?:forallvalues|foranyvalue):")
_IF_EXISTS = "ifexists"
_VARIABLE = re.compile(r"\$\{[^}]*\}")  # an unclosed one is literal


def read_conditions(
    reader: Reader, block: object, path: DocumentPath, *, variables: bool
) -> list[Condition]:
    """Read a condition block; `variables` says whether `${…}` is a policy variable."""
    if not isinstance(block, Mapping):
        reader.wrong(path, "Syntax error in policy: Condition is an object of operators")
        return []
    return [
        condition
        for name, keys in block.items()
        for condition in _read_operator(reader, name, keys, path, variables=variables)
    ]


def _read_operator(
    reader: Reader, name: object, keys: object, path: DocumentPath, *, variables: bool
) -> Iterable[Condition]:
    path = (*path, step(name))
    operator = _read_name(reader, name, path)
    if not isinstance(keys, Mapping):
        reader.wrong(path, "Syntax error in policy: an operator holds an object of keys")
        return
    seen: set[str] = set()
    for key, value in keys.items():
        at = (*path, step(key))
        if not isinstance(key, str) or ":" not in key:
            reader.wrong(at, "Actions/Conditions must be prefaced by a vendor, e.g. aws:, sts:")
            continue
        if key.lower() in seen:
            reader.wrong(at, f"Syntax error in policy: {key} differs from another key in case")
        seen.add(key.lower())
        values = reader.texts(value, at, numbers=True)
        for text, place in values if variables else ():
            if _VARIABLE.search(text):
                reader.wrong(place, f"policy variables are not supported yet: {text!r}")
        if operator is not None:
            yield Condition.of(operator, key, [text for text, _ in values])


def _read_name(reader: Reader, name: object, path: DocumentPath) -> str | None:
    """The operator in its canonical case; None, with a problem noted, if it has no meaning here.

    The engine takes operator names in any case.
    """
    lower = name.lower() if isinstance(name, str) else ""
    bare = _SET_OPERATOR.sub("", lower, count=1) if _SET_OPERATOR.match(lower) else lower
    plain = bare.removesuffix(_IF_EXISTS)
    if lower in _SUPPORTED:
        return _SUPPORTED[lower]
    if plain in _SUPPORTED or (plain in _UNSUPPORTED and bare != "nullifexists"):
        listed = ", ".join(OPERATORS)
        reader.wrong(path, f"the operator {name} is not supported yet; supported are {listed}")
    else:
        hint = closest(name, OPERATORS)
        reader.wrong(path, f"Syntax error in policy: no condition operator {shown(name)}{hint}")
    return None
