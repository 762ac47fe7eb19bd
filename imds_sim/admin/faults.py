"""Armed faults in JSON: what a body asks for, and how each is shown."""

from ipaddress import IPv4Network, IPv6Network
from typing import NamedTuple

from imds_sim.admin.body import read_object
from imds_sim.admin.errors import BodyInvalid, QueryInvalid
from imds_sim.faults.armed import ArmedFault, ArmedFaults
from imds_sim.faults.play import ArmedStep
from imds_sim.faults.scope_text import clients_in, surface_named
from imds_sim.kernel.exchange import Surface

MAX_BODY = 4096  # bytes
_KEYS = ("fault", "as", "surface", "client")
Document = dict[str, object]


class AskedFault(NamedTuple):
    """A fault that is to be armed, and for whom."""

    fault: str
    workload: str | None
    surface: Surface | None
    client: IPv4Network | IPv6Network | None


def read(body: bytes) -> AskedFault:
    """The fault in a JSON body. Raises BodyInvalid."""
    given = read_object(body, _KEYS)
    fault, surface, client = _text(given, "fault"), _text(given, "surface"), _text(given, "client")
    if fault is None:
        raise BodyInvalid("fault must be a text like token:503*1")
    try:
        named = surface_named(surface) if surface is not None else None
        clients = clients_in(client) if client is not None else None
    except ValueError as error:
        raise BodyInvalid(str(error)) from None
    return AskedFault(fault, _text(given, "as"), named, clients)


def read_number(given: str | None) -> int | None:
    """The number of a fault in a query, None for all. Raises QueryInvalid."""
    if given is None:
        return None
    if not (given.isascii() and given.isdecimal() and len(given) <= 18):
        raise QueryInvalid(f"id: {given!r} is not the number of a fault")
    return int(given)


def document(faults: ArmedFaults) -> Document:
    """Every armed fault, oldest first, and the weather."""
    weather = faults.weather
    return {
        "faults": [shown(each) for each in faults.listed()],
        "weather": None if weather is None else {"level": weather.level, "seed": weather.seed},
    }


def shown(armed: ArmedFault) -> Document:
    """One armed fault with its counters."""
    scope = armed.scope
    return {
        "id": armed.number,
        "fault": str(armed.scenario),
        "as": scope.workload,
        "surface": scope.surface,
        "client": str(scope.clients) if scope.clients is not None else None,
        "origin": armed.origin,
        "spent": armed.is_spent,
        "hits": armed.hits,
        "steps": [_step(each) for each in armed.steps],
    }


def _step(armed: ArmedStep) -> Document:
    limit = armed.step.limit
    left = None if limit is None else limit - armed.hits
    return {"fault": str(armed.step), "seen": armed.seen, "hits": armed.hits, "left": left}


def _text(given: dict[str, object], key: str) -> str | None:
    value = given.get(key)
    if value is not None and not isinstance(value, str):
        raise BodyInvalid(f"{key} must be text")
    return value
