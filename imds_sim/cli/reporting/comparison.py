"""What a report is held against: an earlier one, or what an SDK was recorded to do."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from imds_sim.cli.reporting.difference import changes
from imds_sim.cli.reporting.recorded import Table, differences
from imds_sim.cli.reporting.show import Document

Known = Mapping[str, Document]


@dataclass(frozen=True, slots=True)
class Comparison:
    """`other` is what it is called, `known` what it did, by scenario."""

    other: str
    known: Known
    _find: Callable[[Known, Sequence[Document]], list[str]]

    def differences(self, report: Sequence[Document]) -> list[str]:
        """Where the report is not as the other: a line each, further ones indented."""
        return self._find(self.known, report)

    def differences_of(self, played: Document) -> list[str]:
        """The same of a single scenario."""
        name = str(played["scenario"])
        known = {name: self.known[name]} if name in self.known else {}
        return self._find(known, [played])

    def not_played(self, names: Collection[str]) -> list[str]:
        """What the other did and these are without."""
        return [each for each in self.known if each not in names]


def with_baseline(known: Known) -> Comparison:
    """Against an earlier report."""
    return Comparison("the baseline", known, changes)


def with_table(table: Table, kind: str, names: Iterable[str]) -> Comparison:
    """Against what an SDK did in these scenarios as a workload of the kind. Raises NotRecorded."""
    part = table.part(kind)
    known = {name: part[name] for name in names if name in part}
    return Comparison(f"the table of {table}", known, differences)
