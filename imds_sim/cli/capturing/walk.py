"""The tree of a metadata service, read from its listings.

A listing is whatever stands at a path with a final slash; where a slash does not tell a directory
from a leaf (below `/latest/`, and in `public-keys/`) names are known. What answers may be hostile:
depth and number are bounded.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import quote

from imds_sim.cli.capturing.endpoint import Answer, EndpointSilent

LATEST = "/latest/"
MAX_DEPTH = 12
MAX_PATHS = 10_000
_ROOTS = ("dynamic", "meta-data")  # directories that `/latest/` lists without slash
_PUBLIC_KEYS = "/latest/meta-data/public-keys/"
_TAGS = "/latest/meta-data/tags/instance/"
_SAFE = "/:=@,+.-_~"
# Known from SDKs, and listed nowhere.
UNLISTED = ("/latest/meta-data/iam/security-credentials-extended/",)


class Service(Protocol):
    """Whatever answers like a metadata service."""

    @property
    def url(self) -> str: ...

    def get(self, path: str) -> Answer: ...


@dataclass(frozen=True, slots=True)
class Found:
    """What is at a path; that of a directory ends with a slash."""

    path: str
    answer: Answer

    @property
    def is_directory(self) -> bool:
        return self.path.endswith("/")


def walk(service: Service, read: Callable[[str], None] = lambda _: None) -> Iterator[Found]:
    """Every directory and leaf of `/latest/`, `read` told of each. Raises EndpointSilent."""
    waiting = [LATEST, *UNLISTED]
    seen = set(waiting)
    while waiting:
        path = waiting.pop()
        read(path)
        found = Found(path, service.get(path))
        yield found
        if not found.is_directory or found.answer.status != 200:
            continue
        for child in reversed(children(path, found.answer.body)):
            if child not in seen and child.count("/") <= MAX_DEPTH:
                if len(seen) >= MAX_PATHS:
                    raise EndpointSilent(f"{service.url} lists more than {MAX_PATHS} paths")
                seen.add(child)
                waiting.append(child)


def children(path: str, listing: bytes) -> list[str]:
    """The paths that a listing names; what cannot be a name is left out."""
    return [
        path + child
        for line in listing.decode("utf-8", "replace").split("\n")
        if (child := _child(path, line)) is not None
    ]


def _child(path: str, line: str) -> str | None:
    name, slash = (line, "") if path == _TAGS else (line.rstrip("/"), line[len(line.rstrip("/")) :])
    if name in ("", ".", "..") or len(slash) > 1 or "/" in name:
        return None
    if path == LATEST and name in _ROOTS:
        slash = "/"
    elif path == _PUBLIC_KEYS:
        name, slash = name.partition("=")[0], "/"
    return quote(name, safe=_SAFE) + slash
