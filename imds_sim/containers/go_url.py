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
LEFT_IN_PATHS = "$&+,/:;=@-_.~"  # what URL.EscapedPath does not escape
_GOOD_RAW_PATH = re.compile(r"[A-Za-z0-9\-_.~!$&'()*+,;=:@\[\]%/]*")


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
        return cleaned(self.path)

    @property
    def host(self) -> str:
        """Host and port that the target itself names; empty in most."""
        return self.prefix.rpartition("//")[2]

    @property
    def escaped_path(self) -> str:
        """The path as sent where that is a good way to write it, else as Go writes it."""
        if _GOOD_RAW_PATH.fullmatch(self.raw_path):
            return self.raw_path
        return quote(self.path.encode("latin-1"), safe=LEFT_IN_PATHS)

    def at(self, path: str) -> str:
        """The URL with another path, as text."""
        return self.prefix + quote(path.encode("latin-1"), safe=LEFT_IN_PATHS) + self.query


def cleaned(path: str) -> str:
    """A path without dot segments and repeated slashes; a final slash stays."""
    clean = posixpath.normpath("/" + path.lstrip("/"))
    return clean + "/" if path.endswith("/") and clean != "/" else clean


def without_port(host: str) -> str:
    """The host as net.SplitHostPort takes it out; as it is where there is no port, or too many."""
    name, colon, _ = host.rpartition(":")
    if not colon:
        return host
    if name.startswith("["):
        inner = name[1:-1]
        return inner if name.endswith("]") and not set("[]") & set(inner) else host
    return host if set("[]:") & set(name) else name


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
