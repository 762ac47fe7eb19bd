"""Assertions on the journal that read as sentences; a failed one shows what was asked instead."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Never, Self

from imds_sim.journal.entry import Entry
from imds_sim.journal.request_name import check_names, check_surface, is_named, path_of
from imds_sim.journal.transcript import transcript

_SECOND, _NO_TIME = timedelta(seconds=1), timedelta(0)


class Mismatch(AssertionError):
    """What was asked is not what was expected."""


@dataclass(frozen=True, slots=True)
class Expect:
    """Sentences about journal entries; each returns the whole again, so that they chain.

    A request is named `token`, `role` or `cred`, as faults name them, by a surface (`imds`), or as
    `METHOD /path`: the path as sent, but for repeated slashes. What names none is a ValueError,
    whatever was asked: nothing was, by a misspelt name.
    """

    entries: tuple[Entry, ...]

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> Self:
        """About these entries, oldest first."""
        return cls(tuple(entries))

    def on(self, surface: str) -> "Expect":
        """The same, about one surface alone."""
        check_surface(surface)
        return Expect(tuple(entry for entry in self.entries if entry.surface == surface))

    def sequence(self, *wanted: str) -> Self:
        """Exactly these requests were made, in this order, and no other."""
        check_names(*wanted)
        told = f"expected exactly: {', '.join(wanted) or 'nothing'}"
        for entry, name in zip(self.entries, wanted, strict=False):
            if not is_named(entry, name):
                self._fail(f"{told}; no. {entry.number} is not {name}", [entry])
        if strange := self.entries[len(wanted) :]:
            self._fail(f"{told}; no. {strange[0].number} is one too many", strange[:1])
        if missing := wanted[len(self.entries) :]:
            self._fail(f"{told}; {missing[0]} did not follow")
        return self

    def in_order(self, *wanted: str) -> Self:
        """These requests were made in this order; others may stand between."""
        check_names(*wanted)
        rest = iter(self.entries)
        for name in wanted:
            if not any(is_named(entry, name) for entry in rest):
                self._fail(f"expected in order: {', '.join(wanted)}; {name} did not follow")
        return self

    def only(self, *wanted: str) -> Self:
        """Nothing but these was asked, however often."""
        check_names(*wanted)
        strange = [e for e in self.entries if not any(is_named(e, name) for name in wanted)]
        if strange:
            self._fail(f"expected only: {', '.join(wanted)}", strange)
        return self

    def count(self, name: str, times: int) -> Self:
        """This was asked so many times."""
        check_names(name)
        found = [entry for entry in self.entries if is_named(entry, name)]
        if len(found) != times:
            asked = _counted(len(found), "time")
            self._fail(f"expected {name} {_counted(times, 'time')}, it was asked {asked}", found)
        return self

    def no_v1(self) -> Self:
        """Every read of the metadata service came with a token."""
        if found := [entry for entry in self.entries if entry.imds_version == 1]:
            self._fail("expected no IMDSv1", found)
        return self

    def token_reused(self, at_least: int = 2) -> Self:
        """Some metadata token served at least so many reads before the next one was issued."""
        most = reads = 0
        issued = False
        for entry in self.entries:
            if is_named(entry, "token"):
                if entry.status == 200:
                    issued, reads = True, 0
            elif issued and entry.imds_version == 2 and entry.status != 401:
                reads += 1
                most = max(most, reads)
        if most < at_least:
            wanted = _counted(at_least, "read")
            self._fail(f"expected a metadata token to serve {wanted}, the most was {most}")
        return self

    def refreshed_before_expiry(
        self, of: timedelta | None = None, at_least: timedelta = _SECOND
    ) -> Self:
        """Credentials were fetched anew, by workload and path, `at_least` before their end.

        The end is what the client was told, or with `of` that long after the set was handed out.
        It takes two fetches to say so.
        """
        for name, value in (("of", of), ("at_least", at_least)):
            if not (isinstance(value, timedelta) or (value is None and name == "of")):
                raise TypeError(
                    f"{name} must be a timedelta, timedelta(minutes=5) say, not {value!r}"
                )
        held: dict[tuple[str, str | None, str], datetime] = {}
        fetches: list[Entry] = []
        again = False
        for entry in self.entries:
            end = entry.expires_at if of is None else entry.time + of
            if end is None or entry.status != 200 or not is_named(entry, "cred"):
                continue
            fetches.append(entry)
            holder = entry.surface, entry.workload, path_of(entry.path)
            if holder in held:
                again, left = True, held[holder] - entry.time
                if left < at_least:
                    came = f"{left} before" if left > _NO_TIME else f"{-left} after"
                    told = f"expected a refresh {at_least} before expiry, it came {came} it"
                    self._fail(told, [entry])
            held[holder] = end
        if not again:
            self._fail("expected credentials to be fetched again", fetches)
        return self

    def nothing_reached(self, surface: str) -> Self:
        """Nobody asked this surface anything."""
        check_surface(surface)
        if found := [entry for entry in self.entries if entry.surface == surface]:
            self._fail(f"expected nothing to reach {surface}", found)
        return self

    def _fail(self, sentence: str, marked: Iterable[Entry] = ()) -> Never:
        numbers = frozenset(entry.number for entry in marked)
        raise Mismatch(f"{sentence}\nasked was:\n{transcript(self.entries, numbers)}")


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
