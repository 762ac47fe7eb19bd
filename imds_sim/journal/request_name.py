"""What the requests of a journal are called: as faults name them, by a surface, or as sent."""

import re

from imds_sim.journal.entry import Entry
from imds_sim.kernel.exchange import Surface
from imds_sim.kernel.target import origin_form

_ROLES = "/meta-data/iam/security-credentials"
_SLASHES = re.compile("/{2,}")
# Where each surface has credentials. The paths of endpoints are free; CloudShell's token has its.
_CONTAINER_CREDENTIALS = {
    "ecs": re.compile("/v1/credentials|/v2/credentials/.*|/creds/?|/role(-arn)?/.+"),
    "eks": re.compile("/v1/credentials"),
    "lambda": re.compile("/2021-04-23/credentials"),
    "generic": re.compile("(?!/latest/api/token$).*"),
}
_SHORT = ("token", "role", "cred")


def check_names(*names: str) -> None:
    """Raises ValueError for what can name no request: a misspelt name would be true of none."""
    for name in names:
        if not isinstance(name, str) or not (
            name in _SHORT or name in set(Surface) or _is_method_and_path(name)
        ):
            raise ValueError(
                f"{name!r} names no request: token, role, cred, a surface ({', '.join(Surface)}), "
                "or METHOD /path"
            )


def check_surface(name: str) -> None:
    """Raises ValueError for what is no surface."""
    if not isinstance(name, str) or name not in set(Surface):
        raise ValueError(f"{name!r} names no surface: {', '.join(Surface)}")


def is_named(entry: Entry, name: str) -> bool:
    """Whether a request is one of those that a name means. Raises ValueError for no name."""
    method, _, wanted = name.partition(" ")
    if wanted:
        return entry.method == method and path_of(entry.path) == path_of(wanted)
    path = path_of(entry.path).partition("?")[0]
    match name:
        case "token":
            return entry.surface == Surface.IMDS and path == "/latest/api/token"
        case "role":
            return entry.surface == Surface.IMDS and path.rstrip("/").endswith(_ROLES)
        case "cred":
            if entry.surface in _CONTAINER_CREDENTIALS:
                return _CONTAINER_CREDENTIALS[entry.surface].fullmatch(path) is not None
            _, found, role = path.partition(f"{_ROLES}/")
            return entry.surface == Surface.IMDS and bool(found) and bool(role)
        case _:
            check_names(name)
            return entry.surface == name


def path_of(target: str) -> str:
    """The path and query of a target, repeated slashes as one."""
    return _SLASHES.sub("/", origin_form(target))


def _is_method_and_path(name: str) -> bool:
    method, _, target = name.partition(" ")
    return bool(method) and (target == "*" or path_of(target).startswith("/"))
