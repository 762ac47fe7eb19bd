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
    configuration_of,
)
from imds_sim.cli.capturing.endpoint import Endpoint, EndpointSilent
from imds_sim.cli.capturing.kinds import Kind, comparable, kind_of
from imds_sim.cli.capturing.twin import Twin
from imds_sim.cli.capturing.walk import LATEST, Service, walk
from imds_sim.config.errors import ConfigInvalid
from imds_sim.config.schema.workloads import InstanceSection

_PUBLIC_KEYS = META_DATA + "public-keys/"
_INSTANCE = f"instances.{NAME}."
_OVERRIDES = "metadata"  # the key of an instance: leaves by path, to a text or to null
_HAS_OVERRIDES = _OVERRIDES in InstanceSection.model_fields


@dataclass(frozen=True, slots=True)
class Capture:
    """The file as a mapping, and the paths at which it does not say what the instance said."""

    document: Document
    missing: tuple[str, ...]


def capture(
    endpoint: Endpoint,
    read: Callable[[str], None],
    *,
    with_user_data: bool,
    with_credentials: bool,
) -> Capture:
    """Walk an endpoint. Raises EndpointSilent, and ConfigInvalid where no file could say it."""
    tree, keys = _read(endpoint, read)
    with_v1 = not endpoint.is_v2 or endpoint.get_v1(META_DATA).status == 200
    document = configuration_of(tree, keys, with_v1=with_v1, with_user_data=with_user_data)
    left = dict(_left(tree, _sayable(document), with_credentials))
    if left and _HAS_OVERRIDES:
        _instance(document)[_OVERRIDES] = dict(_overrides(left))
        left = dict(_left(tree, _sayable(document), with_credentials))
    return Capture(document, tuple(sorted(left)))


def _read(
    service: Service, read: Callable[[str], None] = lambda _: None
) -> tuple[Tree, dict[str, str]]:
    """The leaves, and the key pairs with their lines."""
    leaves: dict[str, bytes] = {}
    names: dict[str, str] = {}  # by index
    for found in walk(service, read):
        if found.path == LATEST and found.answer.status != 200:
            raise EndpointSilent(f"GET {service.url}{LATEST}: {found.answer.told}")
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
    """Serve `document`, and take from its instance whatever a key cannot have as a value."""
    while True:
        try:
            return Twin(document)
        except ConfigInvalid as error:
            instance = _instance(document)
            wrong = [each.key for each in error.errors if each.key.startswith(_INSTANCE)]
            if not [key for key in wrong if _remove(instance, key.removeprefix(_INSTANCE))]:
                raise


def _remove(instance: Document, wrong: str) -> bool:
    """Remove the key that a wrong value is in, or the one leaf; False if it is gone."""
    key, _, rest = wrong.partition(".")
    key = key.partition("[")[0]
    if key == _OVERRIDES and rest and key in instance:
        overrides = _mapping(instance[key])
        return overrides.pop(rest.strip('"'), wrong) is not wrong
    return instance.pop(key, wrong) is not wrong


def _overrides(left: Mapping[str, bytes | None]) -> Iterator[tuple[str, str | None]]:
    for path, body in left.items():
        name = unquote(path.removeprefix(META_DATA if path.startswith(META_DATA) else LATEST))
        try:
            yield name, None if body is None else body.decode()
        except UnicodeDecodeError:
            continue  # no text says it


def _left(tree: Tree, twin: Twin, with_credentials: bool) -> Iterator[tuple[str, bytes | None]]:
    """Each leaf that the twin has otherwise; None where the live instance has none."""
    there = _read(twin)[0].leaves
    for path in sorted({*tree.leaves, *there}):
        body, other = tree.leaves.get(path), there.get(path)
        match kind_of(path):
            case Kind.CREDENTIALS if with_credentials and body is not None:
                if body != other:
                    yield path, body
            case Kind.CREDENTIALS | Kind.SIGNED | Kind.USER_DATA:
                continue
            case Kind.PLAIN | Kind.TIMED if body is None or other is None:
                yield path, body
            case Kind.PLAIN | Kind.TIMED:
                if comparable(path, body) != comparable(path, other):
                    yield path, body
