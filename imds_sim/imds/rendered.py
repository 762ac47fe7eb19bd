"""What was made from a value is kept until the value is replaced."""

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

S = TypeVar("S")
V = TypeVar("V")

LIMIT = 4096  # keys; a credentials document has under 2 KiB


class Rendered(Generic[S, V]):
    """Remembers per key the last source and what became of it; at LIMIT keys it forgets all.

    Sources are compared by identity: between two refreshes a provider hands out the same object.
    """

    __slots__ = ("_held", "_render")

    def __init__(self, render: Callable[[S], V]) -> None:
        self._render = render
        self._held: dict[Hashable, tuple[S, V]] = {}

    def of(self, key: Hashable, source: S) -> V:
        """What `source` renders to, made anew only if the key last had another source."""
        held = self._held.get(key)
        if held is not None and held[0] is source:
            return held[1]
        if len(self._held) >= LIMIT:
            self._held.clear()
        value = self._render(source)
        self._held[key] = (source, value)
        return value
