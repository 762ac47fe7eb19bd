"""Request targets as Go's net/url reads and writes them.

Source: Go 1.26, net/url (ParseRequestURI, URL.String) and path.Clean.
"""

import posixpath
import re
from dataclasses import dataclass
from urllib.parse import quote, unquote_to_bytes

_SCHEME = re.compile("[A-Za-z][A-Za-z0-9+.-]*://")
_AUTHORITY = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._~@-]*)(:[0-9]*)?(?=[/?]|$)")
_MALFORMED_ESCAPE = re.compile("%(?![0-9A-Fa-f]{2})")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_LEFT_IN_PATHS = "$&+,/:;=@-_.~"  # what URL.EscapedPath does not escape


@dataclass(frozen=True, slots=True)
class GoUrl:
    """A target in its parts; `path` is decoded and holds bytes as Latin-1 text.

    `prefix` is scheme and authority where the client sent them; `query` has its question mark.
    """

    prefix: str
    raw_path: str
    path: str
    query: str

    @property
    def clean_path(self) -> str:
        """The path without dot segments and repeated slashes; a final slash stays."""
        clean = posixpath.normpath("/" + self.path.lstrip("/"))
        return clean + "/" if self.path.endswith("/") and clean != "/" else clean

    def at(self, path: str) -> str:
        """The URL with another path, as text."""
        return self.prefix + quote(path.encode("latin-1"), safe=_LEFT_IN_PATHS) + self.query


def parse(method: str, target: str) -> GoUrl | None:
    """The parts of a target, or None where Go answers 400."""
    target = target.encode("latin-1", "replace").decode("latin-1")
    split = None if _CONTROL.search(target) else _split(method, target)
    if split is None:
        return None
    prefix, rest = split
    raw_path, mark, query = rest.partition("?")
    if _MALFORMED_ESCAPE.search(raw_path):
        return None
    path = unquote_to_bytes(raw_path.encode("latin-1")).decode("latin-1")
    return GoUrl(prefix, raw_path, path, mark + query)


def _split(method: str, target: str) -> tuple[str, str] | None:
    """Scheme and authority, and the rest; None for a target of no known form."""
    if target.startswith("/") or (target == "*" and method != "CONNECT"):
        return "", target
    if method == "CONNECT":  # names an authority, as it would for a proxy
        authority = _AUTHORITY.match(target)
        if authority is None:
            return None
        prefix = f"//{authority.group()}" if authority.group() else ""
        return prefix, target[authority.end() :]
    scheme = _SCHEME.match(target)
    authority = _AUTHORITY.match(target, scheme.end()) if scheme else None
    return (target[: authority.end()], target[authority.end() :]) if authority else None
