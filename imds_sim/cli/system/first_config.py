"""The configuration that a service begins with, where there is none."""

import json
from collections.abc import Iterable, Mapping
from ipaddress import ip_interface

_EVERY = """\
# See `imds-sim schema` and the sample full.yaml for every key; check with `imds-sim check`.
state_dir: /var/lib/imds-sim
roles: {web: {}}
instances: {web-1: {role: web}}
"""
_LISTEN = "listen: "
_SURFACES = {
    "169.254.170.2": "ecs",
    "169.254.170.23": "eks",
    "fd00:ec2::23": "eks",
}


def first_config(prefixes: Iterable[str]) -> str:
    """For a daemon that listens at these addresses itself; none where systemd does it."""
    listen = ", ".join(f"{key}: {json.dumps(each)}" for key, each in listen_at(prefixes).items())
    return f"{_EVERY}{_LISTEN}{{{listen}}}\n" if listen else _EVERY


def is_first_config(text: str) -> bool:
    """Whether nobody has changed it since it was written."""
    if not text.startswith(_EVERY):
        return False
    more = text.removeprefix(_EVERY).splitlines()
    return not more or (len(more) == 1 and more[0].startswith(_LISTEN))


def listen_at(prefixes: Iterable[str]) -> Mapping[str, list[str]]:
    """The standard port of each address, by the surface that AWS has there."""
    found: dict[str, list[str]] = {}
    for prefix in prefixes:
        address = ip_interface(prefix).ip
        host = f"[{address}]" if address.version == 6 else str(address)
        found.setdefault(_SURFACES.get(str(address), "imds"), []).append(f"{host}:80")
    return found
