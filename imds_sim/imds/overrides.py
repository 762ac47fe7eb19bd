"""`metadata:` of an instance: leaves that the file sets or removes, laid over the tree.

What lies on or above no such leaf is found as without them; the listings above follow.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self, TypeVar

from imds_sim.imds.tree import Content, Node

S = TypeVar("S")


@dataclass(slots=True)
class Overrides:
    """What is set at a place and below it; at the `end` of a path the value, None if removed."""

    below: dict[str, "Overrides"] = field(default_factory=dict)
    end: bool = False
    value: str | None = None

    @classmethod
    def of(cls, metadata: Mapping[str, str | None]) -> Self:
        """By paths from the version down; none of them lies below another."""
        root = cls()
        for path, value in metadata.items():
            place: Overrides = root
            for name in path.split("/"):
                place = place.below.setdefault(name, Overrides())
            place.end, place.value = True, value
        return root

    def find(self, tree: Node[S], subject: S, names: tuple[str, ...], build: str) -> Content | None:
        """What is at `names` below `tree` in `build`; None if nothing is."""
        place = self
        for depth, name in enumerate(names, 1):
            if name not in place.below:
                return tree.find(subject, names, build)
            place = place.below[name]
            if place.end:
                if place.value is None or depth < len(names):
                    return None
                return Content(place.value.encode()) if tree.since(names) <= build else None
        return self._listing(place, tree, subject, names, build)

    def _listing(
        self, place: "Overrides", tree: Node[S], subject: S, names: tuple[str, ...], build: str
    ) -> Content | None:
        found = tree.find(subject, names, build)
        if found is not None and found.names is None:
            return found
        was = found.names if found is not None and found.names else ()
        written = found.body.decode().split("\n") if found is not None else []
        lines = dict(zip(was, written, strict=True))
        for name in place.below:
            child = self.find(tree, subject, (*names, name), build)
            if child is None:
                lines.pop(name, None)
            elif name not in lines:
                lines[name] = name if child.names is None else f"{name}/"
        if len(lines) > len(was) or not lines.keys() <= set(was):
            lines = dict(sorted(lines.items(), key=lambda each: each[1]))
        if not lines:
            return None
        return Content("\n".join(lines.values()).encode(), names=tuple(lines))
