"""What SDKs were recorded to do, scenario by scenario: tables that a report is compared with.

The client tests make them, and play them again: tests/clients/test_conformance.py.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from imds_sim.cli.ending import USAGE
from imds_sim.cli.listing import strings
from imds_sim.cli.reporting.difference import changes
from imds_sim.cli.reporting.shorthand import requests_of, shorthand
from imds_sim.cli.reporting.show import Document
from imds_sim.kernel.errors import SimError


class NotRecorded(SimError):
    """There is no table of that SDK, or none for that kind of workload."""

    exit_status = USAGE


@dataclass(frozen=True, slots=True)
class Table:
    """One SDK: `parts` are what it did, by kind of workload and scenario.

    A value is what it did in every run, or `{"any": [...]}` where runs differed.
    """

    client: str
    versions: Mapping[str, str]
    date: str
    parts: Mapping[str, Mapping[str, Document]]

    def __str__(self) -> str:
        versions = ", ".join(f"{name} {version}" for name, version in self.versions.items())
        return f"{self.client} ({versions}; {self.date})"

    def part(self, name: str) -> Mapping[str, Document]:
        """What it did as a workload of this kind, by scenario. Raises NotRecorded."""
        if name not in self.parts:
            known = ", ".join(self.parts)
            raise NotRecorded(f"{self.client} was recorded as {known}, not as {name}")
        return self.parts[name]


def tables() -> list[Table]:
    """Every table there is, by name of the client."""
    return [_read(file) for file in sorted(shipped().glob("*.json"))]


def table(name: str) -> Table:
    """By the name of the client or of a package of it, as botocore. Raises NotRecorded."""
    found = tables()
    for each in found:
        if name == each.client or name in each.versions:
            return each
    known = ", ".join(each.client for each in found)
    raise NotRecorded(f"no behaviour was recorded of {name!r}; there are: {known}")


def shipped() -> Path:
    """The folder of the tables: in the package, or in a checkout beside it."""
    package = Path(__file__).parent.parent.parent
    inside = package / "conformance"
    return inside if inside.is_dir() else package.parent / "tests" / "clients" / "conformance"


def differences(part: Mapping[str, Document], report: Sequence[Document]) -> list[str]:
    """Where a report is another than what was recorded, a line each."""
    now = [comparable(each) for each in report]
    return changes(part, [_settled(part.get(str(each["scenario"]), {}), each) for each in now])


def comparable(document: Document) -> Document:
    """A report's scenario as tables have it."""
    return {**document, "requests": shorthand(strings(document["requests"]))}


def _settled(recorded: Document, now: Document) -> Document:
    """`now`, where the recorded runs differed too taken for one of them, if it can be.

    Requests then need only be some of those that were seen: what a background refresh asks comes
    in any order. How often a token was reused and what was asked again follow from them.
    """
    varied = {key: value["any"] for key, value in recorded.items() if isinstance(value, dict)}
    seen = {request for run in varied.get("requests", ()) for request in requests_of(strings(run))}
    taken = {key for key, values in varied.items() if now[key] in values}
    if "requests" in varied and seen.issuperset(requests_of(strings(now["requests"]))):
        taken |= {"requests", "token_reuse", "retries"}
    return now | {key: recorded[key] for key in taken}


def _read(file: Path) -> Table:
    document = json.loads(file.read_text("utf-8"))
    return Table(
        client=file.stem,
        versions=document["versions"],
        date=document["date"],
        parts={
            part: {each["scenario"]: each for each in listed}
            for part, listed in document["parts"].items()
        },
    )
