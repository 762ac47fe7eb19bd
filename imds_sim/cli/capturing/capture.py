"""A live instance as a configuration: what keys can say, then what is left, leaf by leaf."""

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


@dataclass(frozen=True, slots=True)
class Capture:
    """The file as a mapping, and what it cannot say, for a person."""

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
    twin = _sayable(document)
    left = dict(_left(tree.leaves, _read(twin)[0].leaves, with_credentials))
    overrides: dict[str, str | None] = {}
    missing = []
    for path, body in left.items():
        try:
            value = None if body is None else body.decode()
        except UnicodeDecodeError:
            missing.append(path)
            continue
        if path.startswith(META_DATA):
            overrides[path] = value
        else:
            missing.append(path)
    instance = _instance(document)
    if "metadata" in InstanceSection.model_fields:
        instance["metadata"] = {
            unquote(path.removeprefix(META_DATA)): value for path, value in overrides.items()
        }
        if not overrides:
            del instance["metadata"]
    else:
        missing += overrides
    return Capture(document, tuple(sorted(missing)))


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
    instances = document["instances"]
    assert isinstance(instances, dict)
    found = instances[NAME]
    assert isinstance(found, dict)
    return found


def _sayable(document: Document) -> Twin:
    """Serve `document`, and take from its instance whatever no key can have as a value."""
    while True:
        try:
            return Twin(document)
        except ConfigInvalid as error:
            instance = _instance(document)
            wrong = {
                each.key.removeprefix(_INSTANCE).partition(".")[0].partition("[")[0]
                for each in error.errors
                if each.key.startswith(_INSTANCE)
            }
            if not wrong & instance.keys():
                raise
            for key in wrong & instance.keys():
                del instance[key]


def _left(
    live: Mapping[str, bytes], twin: Mapping[str, bytes], with_credentials: bool
) -> Iterator[tuple[str, bytes | None]]:
    """Each leaf that the twin has otherwise; None where the live instance has none."""
    for path in sorted({*live, *twin}):
        body = live.get(path)
        match kind_of(path):
            case Kind.CREDENTIALS if with_credentials and body is not None:
                yield path, body
            case Kind.CREDENTIALS | Kind.SIGNED | Kind.USER_DATA:
                continue
            case Kind.PLAIN | Kind.TIMED if body is None:
                yield path, None
            case Kind.PLAIN | Kind.TIMED:
                other = twin.get(path)
                if other is None or comparable(path, body) != comparable(path, other):
                    yield path, body
