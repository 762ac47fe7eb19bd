"""Request targets as paths in the metadata tree."""

import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

from imds_sim.kernel.target import origin_form

_MALFORMED_ESCAPE = re.compile("%(?![0-9A-Fa-f]{2})")
_TOKEN_PATH = ("latest", "api", "token")
_DOTS = frozenset((".", ".."))


@dataclass(frozen=True, slots=True)
class TreePath:
    """The names from the root down; a final slash makes a difference to the Xen back end alone.

    `issues_tokens` marks the one path outside of the tree, where a final slash does.
    """

    names: tuple[str, ...]
    issues_tokens: bool
    final_slash: bool = False


def path_of(target: str) -> TreePath | None:
    """Where `target` points, or None if it can point nowhere.

    The query is ignored, runs of slashes count as one (aws-sdk-js sends `//latest`), escapes are
    decoded once. Dot segments, malformed escapes and anything but ASCII point nowhere.
    """
    return _parse(target if "?" not in target else target.partition("?")[0])


@lru_cache(maxsize=256)  # clients ask for the same few paths again and again
def _parse(target: str) -> TreePath | None:
    path = origin_form(target)
    if not path.startswith("/") or _MALFORMED_ESCAPE.search(path):
        return None
    path = unquote(path, "latin-1")
    names = tuple([name for name in path.split("/") if name])
    if not path.isascii() or not _DOTS.isdisjoint(names):
        return None
    slash = path.endswith("/")
    return TreePath(names, names == _TOKEN_PATH and not slash, slash)
