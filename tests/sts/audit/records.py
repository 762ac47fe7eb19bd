"""The schemas that every record must fit, one per operation."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry, Resource

FOLDER = Path(__file__).parent / "schemas"
OPERATIONS = sorted({file.stem for file in FOLDER.glob("*.json")} - {"record"})
Record = dict[str, Any]


def schema(name: str) -> Record:
    """The schema of an operation; `record` is what all share."""
    document: Record = json.loads((FOLDER / f"{name}.json").read_text())
    return document


@cache
def _validator(name: str) -> Draft202012Validator:
    shared = Resource.from_contents(schema("record"))
    registry = Registry().with_resource("record.json", shared)
    return Draft202012Validator(schema(name), registry=registry)


def faults_of(record: Record) -> list[str]:
    """What is wrong with a record: nothing, if it fits its operation and the recorded order."""
    found = [error.message for error in _validator(record["eventName"]).iter_errors(record)]
    order = [name for name in schema("record")["properties"] if name in record]
    return found + ([] if list(record) == order else [f"order: {list(record)}"])
