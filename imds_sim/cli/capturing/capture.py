"""A live instance as a configuration: what keys can say, then what is left, leaf by leaf.

What is left is not guessed: the file made so far is served in this process and walked like the live
one.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from imds_sim.cli.capturing.configuration import (
    META_DATA,
    NAME,
    Document,
    Tree,
    Wanted,
    configuration_of,
)
from imds_sim.cli.capturing.endpoint import Endpoint, EndpointSilent
from imds_sim.cli.capturing.kinds import Kind, comparable, kind_of
from imds_sim.cli.capturing.twin import Twin
from imds_sim.cli.capturing.walk import LATEST, UNLISTED, Service, walk
from imds_sim.config.errors import ConfigInvalid

_PUBLIC_KEYS = META_DATA + "public-keys/"
_INSTANCE = f"instances.{NAME}."
_OVERRIDES = "metadata"  # the key of an instance: leaves by path, to a text or to null


@dataclass(frozen=True, slots=True)
class Capture:
    """The file as a mapping, and the paths at which it does not say what the instance said."""

    document: Document
    missing: tuple[str, ...]


def capture(endpoint: Endpoint, read: Callable[[str], None], wanted: Wanted) -> Capture:
    """Walk an endpoint. Raises EndpointSilent, and ConfigInvalid where no file could say it."""
    first = endpoint.get(LATEST)
    if first.status != 200:
        raise EndpointSilent(f"GET {endpoint.url}{LATEST}: {first.told}")
    tree, keys = _read(endpoint, read)
    without_token = endpoint.get_v1(META_DATA)
    document = configuration_of(
        tree,
        keys,
        with_v1=not endpoint.is_v2 or without_token.status == 200,
        version=without_token.version,
        wanted=wanted,
    )
    left = dict(_left(tree, _sayable(document), wanted))
    if left:
        _instance(document)[_OVERRIDES] = dict(_overrides(left, tree))
        left = dict(_left(tree, _sayable(document), wanted))
    return Capture(document, tuple(sorted(left)))


def _read(
    service: Service, read: Callable[[str], None] = lambda _: None
) -> tuple[Tree, dict[str, str]]:
    """The leaves, and the key pairs with their lines."""
    leaves: dict[str, bytes] = {}
    names: dict[str, str] = {}  # by index
    for found in walk(service, read):
        if found.answer.status == 200 and not found.is_directory:
            leaves[found.path] = found.answer.body
        elif found.answer.status == 200 and found.path == _PUBLIC_KEYS:
            lines = found.answer.body.decode("utf-8", "replace").split("\n")
            names = dict(line.split("=", 1) for line in lines if "=" in line)
    keys = {
        name: leaves.get(f"{_PUBLIC_KEYS}{index}/openssh-key", b"").decode("utf-8", "replace")
        for index, name in names.items()
    }
    return Tree(leaves), {name: line.rstrip("\n") for name, line in keys.items()}


def _instance(document: Document) -> Document:
    return _mapping(_mapping(document["instances"])[NAME])


def _mapping(value: object) -> Document:
    assert isinstance(value, dict)
    return value


def _sayable(document: Document) -> Twin:
    """Serve `document`, and take from it whatever a key cannot have as a value."""
    while True:
        try:
            return Twin(document)
        except ConfigInvalid as error:
            if not [each for each in error.errors if _remove(document, each.key)]:
                raise


def _remove(document: Document, wrong: str) -> bool:
    """Remove the key that a wrong value is in, or the one leaf; False if it is gone."""
    place = document
    if wrong.startswith(_INSTANCE):
        place, wrong = _instance(document), wrong.removeprefix(_INSTANCE)
    key, _, rest = wrong.partition(".")
    key = key.partition("[")[0]
    if key == _OVERRIDES and rest and key in place:
        place, key = _mapping(place[key]), rest.strip('"')
    return key != "instances" and place.pop(key, wrong) is not wrong


def _overrides(left: Mapping[str, bytes | None], tree: Tree) -> Iterator[tuple[str, str | None]]:
    there = {path[:end] for path in tree.leaves for end in _slashes(path)}
    for path, body in left.items():
        try:
            if body is not None:
                yield _name(path), body.decode()
            else:  # with all that is missing around it: names in it may be derived
                ends = (end for end in _slashes(path) if path[:end] not in there)
                yield _name(path[: next(ends, len(path))]), None
        except UnicodeDecodeError:
            continue  # no text says it


def _slashes(path: str) -> list[int]:
    """Where the directories above a leaf end, the outermost first; two levels are always there."""
    return [index for index, each in enumerate(path) if each == "/"][3:]


def _name(path: str) -> str:
    """A path as the file names it."""
    return unquote(path.removeprefix(META_DATA if path.startswith(META_DATA) else LATEST))


def _left(tree: Tree, twin: Twin, wanted: Wanted) -> Iterator[tuple[str, bytes | None]]:
    """Each leaf that the twin has otherwise; None where the live instance has none."""
    there = _read(twin)[0].leaves
    for path in sorted({*tree.leaves, *there}):
        body, other = tree.leaves.get(path), there.get(path)
        match kind_of(path):
            case Kind.CREDENTIALS if wanted.credentials and not path.startswith(UNLISTED):
                if body is not None and body != other:
                    yield path, body
            case Kind.CREDENTIALS | Kind.SIGNED | Kind.USER_DATA:
                continue
            case Kind.PLAIN | Kind.TIMED if body is None or other is None:
                yield path, body
            case Kind.PLAIN | Kind.TIMED:
                if comparable(path, body) != comparable(path, other):
                    yield path, body
