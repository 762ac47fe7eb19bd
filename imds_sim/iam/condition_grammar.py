"""The grammar of `Condition`: operators over keys over values.

Source: IAM User Guide, "IAM JSON policy elements: Condition operators".
"""

from collections.abc import Iterable, Mapping

from imds_sim.iam.conditions import PLAIN_OPERATORS, Condition, Operator
from imds_sim.iam.errors import DocumentPath
from imds_sim.iam.instants import parse_instant
from imds_sim.iam.reader import Reader, closest, shown, step
from imds_sim.iam.refusals import Refusal

# Without a set operator nothing matches these (Service Authorization Reference, "ArrayOf…").
_MULTIVALUED = frozenset(
    {
        "aws:calledvia",
        "aws:principalorgpaths",
        "aws:principalservicenameslist",
        "aws:resourceorgpaths",
        "aws:sourceorgpaths",
        "aws:tagkeys",
        "sts:requestcontextproviders",
        "sts:transitivetagkeys",
    }
)


def read_conditions(
    reader: Reader, block: object, path: DocumentPath, *, variables: bool
) -> list[Condition]:
    """Read a condition block; `variables` says whether `${…}` is a policy variable."""
    if not isinstance(block, Mapping):
        reader.wrong(path, "Condition is an object of operators")
        return []
    return [
        condition
        for name, keys in block.items()
        for condition in _read_operator(reader, name, keys, (*path, step(name)), variables)
    ]


def _read_operator(
    reader: Reader, name: object, keys: object, path: DocumentPath, variables: bool
) -> Iterable[Condition]:
    operator = Operator.parse(name) if isinstance(name, str) else None
    if operator is None:
        hint = closest(name, PLAIN_OPERATORS)
        reader.wrong(path, f"no condition operator {shown(name)}{hint}")
    if not isinstance(keys, Mapping):
        reader.wrong(path, "an operator holds an object of keys")
        return
    seen: set[str] = set()
    for key, value in keys.items():
        at = (*path, step(key))
        if not isinstance(key, str) or ":" not in key:
            said = "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."
            reader.wrong(at, "e.g. aws:, sts:", Refusal.ACTION, said=said)
            continue
        if key.lower() in seen:
            reader.wrong(at, f"{shown(key)} differs from another key in case")
        seen.add(key.lower())
        values = reader.texts(value, at, numbers=True)
        if operator is None:
            continue
        _check(reader, operator, key, values, at)
        texts = [text for text, _ in values]
        yield Condition.of(operator, key, texts, variables=variables)


def _check(
    reader: Reader,
    operator: Operator,
    key: str,
    values: Iterable[tuple[str, DocumentPath]],
    path: DocumentPath,
) -> None:
    if operator.plain.startswith("Date"):
        for text, at in values:
            if parse_instant(text) is None:
                reader.wrong(at, f"{shown(text)} is no date", Refusal.LEGACY)
    if key.lower() in _MULTIVALUED and operator.qualifier is None and operator.plain != "Null":
        reader.warn(path, f"{key} has many values: without a set operator this is never true")
