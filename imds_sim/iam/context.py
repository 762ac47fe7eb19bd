"""The context of a request: what is known of it, by condition key."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

ContextValue = str | tuple[str, ...]  # a tuple is a multivalued key, even with one value in it


@dataclass(frozen=True, slots=True)
class RequestContext:
    """What is known of a request, by condition key. Names of keys have no case; build with `of`."""

    values: Mapping[str, ContextValue]  # by key in lower case

    @classmethod
    def of(cls, values: Mapping[str, ContextValue]) -> Self:
        """Take keys as anyone spells them; of two that differ in case only the last counts.

        A key with no value at all is absent.
        """
        folded = {key.lower(): value for key, value in values.items()}
        if () in folded.values():
            folded = {key: value for key, value in folded.items() if value != ()}
        return cls(folded)

    def get(self, key: str) -> ContextValue | None:
        """The value of a key given in lower case, or None."""
        return self.values.get(key)

    def values_of(self, key: str) -> tuple[str, ...]:
        """What a set operator sees: nothing for an absent key, one value for a single-valued one.

        A lone empty string is nothing too (IAM User Guide, "ForAllValues": a null data set).
        """
        value = self.values.get(key, ())
        if isinstance(value, str):
            return (value,) if value else ()
        return () if value == ("",) else value

    def without(self, key: str) -> "RequestContext":
        """The same without a key given in lower case."""
        if key not in self.values:
            return self
        return RequestContext({name: each for name, each in self.values.items() if name != key})
