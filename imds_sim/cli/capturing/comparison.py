"""Two endpoints, answer by answer: status, fields and body."""

from collections.abc import Callable, Iterator

from imds_sim.cli.capturing.endpoint import (
    TOKEN_PATH,
    Answer,
    Endpoint,
    EndpointSilent,
    printable,
)
from imds_sim.cli.capturing.kinds import Kind, comparable, kind_of
from imds_sim.cli.capturing.walk import LATEST, walk

# Beside the tree: the versions, a path where nothing is, a request without token.
BESIDE = ("/", "/latest", "/latest/meta-data/nothing-is-here")
MOVING = frozenset({"date", "last-modified", "x-aws-ec2-metadata-token-ttl-seconds"})
SHOWN = 60  # characters of a value
MISSING = "missing"


def differences(
    first: Endpoint, second: Endpoint, read: Callable[[str], None], *, exact: bool
) -> Iterator[str]:
    """A line for each thing that differs. Raises EndpointSilent.

    Unless `exact`, moments, credentials and signatures count as equal where both have them.
    """
    pairs = [_answers(service, read) for service in (first, second)]
    for path in sorted({*pairs[0], *pairs[1]}):
        here, there = pairs[0].get(path), pairs[1].get(path)
        if here is None or there is None:
            told = [MISSING if each is None else each.told for each in (here, there)]
            yield f"{path}: {told[0]} | {told[1]}"
        else:
            for line in _compared(path, here, there, exact):
                yield f"{path}: {line}"


def _answers(service: Endpoint, read: Callable[[str], None]) -> dict[str, Answer]:
    found = {each.path: each.answer for each in walk(service, read)}
    if found[LATEST].status != 200:
        raise EndpointSilent(f"GET {service.url}{LATEST}: {found[LATEST].told}")
    for path in BESIDE:
        read(path)
        found[path] = service.get(path)
    found[f"{LATEST} without a token"] = service.get_v1(LATEST)
    found[f"PUT {TOKEN_PATH}"] = service.put_token()
    return found


def _compared(path: str, here: Answer, there: Answer, exact: bool) -> Iterator[str]:
    if here.version != there.version:
        yield f"version: {here.version} | {there.version}"
    if here.told != there.told:
        yield f"status: {here.told} | {there.told}"
    bodies = [_body(path, each.body, exact) for each in (here, there)]
    same_body = bodies[0] == bodies[1]
    skipped = frozenset() if exact else MOVING
    if not same_body or here.body != there.body:
        skipped |= {"content-length"}
    yield from _fields(here, there, skipped)
    if not same_body:
        yield f"body: {_shown(path, bodies[0])} | {_shown(path, bodies[1])}"


def _fields(here: Answer, there: Answer, skipped: frozenset[str]) -> Iterator[str]:
    names = [[name for name, _ in each.fields] for each in (here, there)]
    orders = [printable(", ".join(each)) for each in names]
    for name in dict.fromkeys((*names[0], *names[1])):
        values = [_value(name, each, skipped) for each in (here, there)]
        if values[0] != values[1]:
            yield f"{printable(name)}: {values[0]} | {values[1]}"
    if sorted(names[0]) == sorted(names[1]) and names[0] != names[1]:
        yield f"order of the fields: {orders[0]} | {orders[1]}"


def _value(name: str, answer: Answer, skipped: frozenset[str]) -> str:
    found = [value for field, value in answer.fields if field == name]
    if not found:
        return MISSING
    return "there" if name.lower() in skipped else printable(", ".join(found))


def _body(path: str, body: bytes, exact: bool) -> bytes:
    if path.startswith("PUT "):
        return b"a metadata token" if body else b""
    return body if exact else comparable(path, body)


def _shown(path: str, body: bytes) -> str:
    """What may be told of a body: neither credentials nor user data."""
    if kind_of(path) in (Kind.CREDENTIALS, Kind.USER_DATA):
        return f"{len(body)} bytes"
    text = body.decode("utf-8", "backslashreplace")
    return repr(text if len(text) <= SHOWN else f"{text[:SHOWN]}...")
