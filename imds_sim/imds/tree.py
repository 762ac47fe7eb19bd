"""The metadata tree as a mechanism: leaves, directories, listings, versions.

One tree serves every instance and every version; a leaf is a function of what it shows. Absent
and never listed is whatever its function has nothing for, and a directory with nothing in it.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import ClassVar, Generic, TypeVar

S = TypeVar("S")  # what a node shows: the whole instance, one network interface, one key pair
T = TypeVar("T")

FIRST_BUILD = "1.0"


@dataclass(frozen=True, slots=True)
class Content:
    """What is found at a path. `access_key_id`, `expires_at` and `detail` are for the journal.

    A listing has the `names` that its lines stand for. `updated_at` is there if it may be newer
    than the tree that it is in.
    """

    body: bytes
    content_type: str = "text/plain"
    updated_at: datetime | None = None
    access_key_id: str | None = None
    detail: str | None = None
    names: tuple[str, ...] | None = None
    expires_at: datetime | None = None


class Node(ABC, Generic[S]):
    """A place in the tree that shows some subject."""

    __slots__ = ()

    is_directory: ClassVar[bool]
    listed: bool

    @abstractmethod
    def find(self, subject: S, names: tuple[str, ...], build: str) -> Content | None:
        """What is at `names` below this node in `build`; None if nothing is."""

    @abstractmethod
    def is_present(self, subject: S, build: str) -> bool:
        """Whether the node is there at all."""

    @abstractmethod
    def since(self, names: tuple[str, ...]) -> str:
        """The first build with what may be at `names` below this node, or with any unknown name."""


class Leaf(Node[S]):
    """A value. `since` is the first build that has it.

    One that every instance has, `always`, is listed without being read: reading may be work.
    """

    __slots__ = ("_always", "_read", "_since", "listed")

    is_directory = False

    def __init__(
        self,
        read: Callable[[S], Content | None],
        since: str = FIRST_BUILD,
        *,
        always: bool = False,
    ) -> None:
        self._read = read
        self._since = since
        self._always = always
        self.listed = True

    def find(self, subject: S, names: tuple[str, ...], build: str) -> Content | None:
        if names or self._since > build:
            return None
        return self._read(subject)

    def is_present(self, subject: S, build: str) -> bool:
        if self._always:
            return self._since <= build
        return self.find(subject, (), build) is not None

    def since(self, names: tuple[str, ...]) -> str:
        return self._since


def text(read: Callable[[S], str | None], since: str = FIRST_BUILD) -> Leaf[S]:
    """A leaf of plain text; no line feed is added."""

    def content(subject: S) -> Content | None:
        value = read(subject)
        return None if value is None else Content(value.encode())

    return Leaf(content, since)


class Directory(Node[S]):
    """Children by name. `slashes` marks directories in the listing, as all but the roots do.

    Lines are sorted unless `in_order`. What is not `listed` in its parent can be read all the same.
    """

    __slots__ = ("_children", "_lines", "listed")

    is_directory = True

    def __init__(
        self,
        children: Mapping[str, Node[S]],
        *,
        slashes: bool = True,
        listed: bool = True,
        in_order: bool = False,
    ) -> None:
        self._children = children
        lines = [
            (f"{name}/" if slashes and child.is_directory else name, name, child)
            for name, child in children.items()
            if child.listed
        ]
        self._lines = lines if in_order else sorted(lines, key=itemgetter(0))
        self.listed = listed

    def find(self, subject: S, names: tuple[str, ...], build: str) -> Content | None:
        if not names:
            return _listing(
                (line, name)
                for line, name, child in self._lines
                if child.is_present(subject, build)
            )
        child = self._children.get(names[0])
        return None if child is None else child.find(subject, names[1:], build)

    def is_present(self, subject: S, build: str) -> bool:
        return any(child.is_present(subject, build) for child in self._children.values())

    def since(self, names: tuple[str, ...]) -> str:
        child = self._children.get(names[0]) if names else None
        return FIRST_BUILD if child is None else child.since(names[1:])


class Each(Node[S], Generic[S, T]):
    """A directory with one child per thing that the subject has: interfaces, keys, a role.

    `things` gives them by the name in the path, in the order of the listing; `child` shows one.
    `line` words the listing, a name by default.
    """

    __slots__ = ("_child", "_line", "_since", "_things", "listed")

    is_directory = True

    def __init__(
        self,
        things: Callable[[S], Mapping[str, T]],
        child: Node[T],
        *,
        since: str = FIRST_BUILD,
        line: Callable[[str, T], str] | None = None,
        listed: bool = True,
    ) -> None:
        self._things = things
        self._child = child
        self._since = since
        self._line = line or _named(child)
        self.listed = listed

    def find(self, subject: S, names: tuple[str, ...], build: str) -> Content | None:
        if self._since > build:
            return None
        things = self._things(subject)
        if not names:
            return _listing((self._line(name, thing), name) for name, thing in things.items())
        thing = things.get(names[0])
        return None if thing is None else self._child.find(thing, names[1:], build)

    def is_present(self, subject: S, build: str) -> bool:
        return self._since <= build and bool(self._things(subject))

    def since(self, names: tuple[str, ...]) -> str:
        return max(self._since, self._child.since(names[1:]))


def _listing(entries: Iterable[tuple[str, str]]) -> Content | None:
    """Lines and the names that they stand for."""
    listed = tuple(entries)
    if not listed:
        return None
    body = "\n".join([line for line, _ in listed]).encode()
    return Content(body, names=tuple([name for _, name in listed]))


def _named(child: Node[T]) -> Callable[[str, T], str]:
    return (lambda name, _: f"{name}/") if child.is_directory else (lambda name, _: name)
