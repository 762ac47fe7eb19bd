"""YAML text as plain data that still knows where every key stood.

Read from the parser's events, not with its loader: nothing is constructed but text, numbers, truth
values, lists and mappings, a key given twice is seen, and depth and aliases are bounded.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import yaml

from imds_sim.config.findings import Finding, KeyPath
from imds_sim.config.yaml_scalars import plain_scalar

MAX_DEPTH = 32
MAX_REPEATED = 1_000_000  # values that aliases may repeat in all: they multiply when nested
_TOO_DEEP = f"nested more than {MAX_DEPTH} levels deep"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml where PyYAML was built with it
_UNPRINTABLE = re.compile(
    r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
_TEXT_TAGS = {"!", "tag:yaml.org,2002:str"}
_COLLECTION_TAGS = {
    yaml.SequenceStartEvent: {None, "!", "tag:yaml.org,2002:seq"},
    yaml.MappingStartEvent: {None, "!", "tag:yaml.org,2002:map"},
}
_PLAINER = {
    # A newer libyaml counts too, to 1,000.
    "exceeded maximum nesting depth": f"nested more than {MAX_DEPTH} levels deep",
    "found character that cannot start any token": (
        "no value can begin with this character; indent with spaces, not tabs, and put text that "
        "begins with @, ` or % in quotes"
    ),
    "mapping values are not allowed in this context": (
        "a key cannot stand here; check the indentation, and put text that contains ': ' in quotes"
    ),
}


@dataclass(slots=True)
class Node:
    """A value and its place: that of its key in a mapping, else its own. Counts from 1."""

    data: object
    line: int
    column: int
    children: "dict[str, Node] | list[Node]" = field(default_factory=dict)
    size: int = 1  # values in it, those behind aliases included


@dataclass(frozen=True, slots=True)
class YamlDocument:
    """What a text says, and what is wrong with it as YAML. `data` is None if it says nothing."""

    data: object
    findings: tuple[Finding, ...]
    root: Node | None = None

    def position(self, path: KeyPath) -> tuple[int, int]:
        """Line and column of the value at `path`, or of the nearest value around it."""
        node = self.root
        if node is None:
            return 1, 1
        for part in path:
            inner: Node | None = None
            if isinstance(node.children, dict):
                inner = node.children.get(part) if isinstance(part, str) else None
            elif isinstance(part, int) and part < len(node.children):
                inner = node.children[part]
            if inner is None:
                break
            node = inner
        return node.line, node.column


def read_yaml(text: str) -> YamlDocument:
    """Read one document. What is wrong is in its `findings`; nothing is raised."""
    unprintable = _UNPRINTABLE.search(text.removeprefix("\ufeff"))
    if unprintable is not None:
        before = text.removeprefix("\ufeff")[: unprintable.start()]
        place = before.count("\n") + 1, len(before) - before.rfind("\n")
        code = f"U+{ord(unprintable.group()):04X}"
        return YamlDocument(
            None,
            (Finding((), f"not YAML: the character {code} may not stand here", (), False, place),),
        )
    composer = _Composer(text)
    try:
        root = composer.document()
    except _Broken as broken:
        return YamlDocument(None, (broken.finding,))
    except yaml.MarkedYAMLError as error:
        return YamlDocument(None, (_syntax_finding(error),))
    return YamlDocument(root.data if root else None, tuple(composer.findings), root)


def _syntax_finding(error: yaml.MarkedYAMLError) -> Finding:
    problem = error.problem or "not understood"
    mark = error.problem_mark or error.context_mark
    position = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    if problem == "exceeded maximum nesting depth":  # libyaml 0.2.6 reads ahead as far as 1,000
        return Finding((), _TOO_DEEP, (), False, position)
    since = ""
    if error.context and error.context_mark and error.context_mark is not mark:
        what = error.context.replace("while parsing", "in").replace("while scanning", "in")
        since = f" ({what} that began in line {error.context_mark.line + 1})"
    return Finding((), f"not YAML: {_PLAINER.get(problem, problem + since)}", (), False, position)


class _Broken(Exception):
    """The rest of the document cannot be read."""

    def __init__(self, path: KeyPath, event: yaml.Event, message: str) -> None:
        self.finding = Finding(path, message, (), False, _place(event))


class _Composer:
    """Builds the nodes of one document; remembers its anchors and what is wrong so far."""

    def __init__(self, text: str) -> None:
        self.findings: list[Finding] = []
        self._events: Iterator[yaml.Event] = yaml.parse(text, Loader=_LOADER)
        self._anchors: dict[str, Node] = {}
        self._repeated = 0

    def document(self) -> Node | None:
        next(self._events)  # the start of the stream
        if isinstance(next(self._events), yaml.StreamEndEvent):
            return None
        root = self._node(next(self._events), (), 0)
        next(self._events)  # the end of the document
        event = next(self._events)
        if isinstance(event, yaml.DocumentStartEvent):
            raise _Broken((), event, "a second document begins here; a file has one")
        return root

    def _node(self, event: yaml.Event, path: KeyPath, depth: int) -> Node:
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event, path)
        if depth > MAX_DEPTH:
            raise _Broken(path, event, _TOO_DEEP)
        if isinstance(event, yaml.ScalarEvent):
            node = self._scalar(event, path)
        elif isinstance(event, yaml.SequenceStartEvent):
            self._check_tag(event, path)
            node = self._sequence(event, path, depth)
        else:
            assert isinstance(event, yaml.MappingStartEvent)
            self._check_tag(event, path)
            node = self._mapping(event, path, depth)
        if event.anchor is not None:
            self._anchors[event.anchor] = node
        return node

    def _alias(self, event: yaml.AliasEvent, path: KeyPath) -> Node:
        anchored = self._anchors.get(event.anchor or "")
        if anchored is None:
            raise _Broken(
                path, event, f"*{event.anchor} has no complete value &{event.anchor} before it"
            )
        self._repeated += anchored.size
        if self._repeated > MAX_REPEATED:
            raise _Broken(path, event, f"aliases repeat more than {MAX_REPEATED} values")
        line, column = _place(event)
        return replace(anchored, line=line, column=column)

    def _scalar(self, event: yaml.ScalarEvent, path: KeyPath) -> Node:
        data: object = event.value
        if event.implicit[0]:
            data = plain_scalar(event.value)
        elif event.tag is not None and event.tag not in _TEXT_TAGS:
            self._refuse_tag(event, path)
        return Node(data, *_place(event))

    def _sequence(self, event: yaml.Event, path: KeyPath, depth: int) -> Node:
        items: list[Node] = []
        while not isinstance(inner := next(self._events), yaml.SequenceEndEvent):
            items.append(self._node(inner, (*path, len(items)), depth + 1))
        size = 1 + sum(item.size for item in items)
        return Node([item.data for item in items], *_place(event), items, size)

    def _mapping(self, event: yaml.Event, path: KeyPath, depth: int) -> Node:
        children: dict[str, Node] = {}
        merged: list[Node] = []
        while not isinstance(key_event := next(self._events), yaml.MappingEndEvent):
            if not isinstance(key_event, yaml.ScalarEvent):
                raise _Broken(path, key_event, "a key must be plain text")
            key, (line, column) = key_event.value, _place(key_event)
            node = self._node(next(self._events), (*path, key), depth + 1)
            if key == "<<" and key_event.implicit[0]:
                merged += self._to_merge(node, path)
            elif key in children:
                first = children[key].line
                self._find((*path, key), key_event, f"given twice; it stands in line {first} too")
            else:
                node.line, node.column = line, column
                children[key] = node
        for source in merged:  # what stands in the mapping itself wins, then the first one merged
            assert isinstance(source.children, dict)
            children = {**source.children, **children}
        size = 1 + sum(child.size for child in children.values())
        data = {key: child.data for key, child in children.items()}
        return Node(data, *_place(event), children, size)

    def _to_merge(self, node: Node, path: KeyPath) -> list[Node]:
        sources = node.children if isinstance(node.children, list) else [node]
        if all(isinstance(source.data, dict) for source in sources):
            return sources
        place = node.line, node.column
        self.findings.append(
            Finding((*path, "<<"), "only mappings can be merged", (), False, place)
        )
        return []

    def _check_tag(
        self, event: yaml.SequenceStartEvent | yaml.MappingStartEvent, path: KeyPath
    ) -> None:
        if event.tag not in _COLLECTION_TAGS[type(event)]:
            self._refuse_tag(event, path)

    def _refuse_tag(self, event: yaml.Event, path: KeyPath) -> None:
        tag = str(getattr(event, "tag", "")).replace("tag:yaml.org,2002:", "!!")
        self._find(path, event, f"the tag {tag} is not supported; write the value without it")

    def _find(self, path: KeyPath, event: yaml.Event, message: str) -> None:
        self.findings.append(Finding(path, message, (), False, _place(event)))


def _place(event: yaml.Event) -> tuple[int, int]:
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)
