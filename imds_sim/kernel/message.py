"""HTTP messages as values: requests as they came, responses to the byte.

Every request makes one of each: named tuples, which are made in a third of a dataclass's time.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from http import HTTPStatus
from typing import NamedTuple

from imds_sim.kernel.plan import WirePlan


class Headers:
    """Header fields in their order, with their case and their repeats."""

    __slots__ = ("_fields", "_first")

    def __init__(self, fields: Iterable[tuple[str, str]] = ()) -> None:
        self._fields = tuple(fields)
        self._first = {name.lower(): value for name, value in reversed(self._fields)}

    def get(self, name: str) -> str | None:
        """The first value of `name`, in any case, or None. `name` must be given in lower case."""
        return self._first.get(name)

    def all(self, name: str) -> list[str]:
        """Every value of `name` (given in lower case), in order."""
        return [value for field, value in self._fields if field.lower() == name]

    def elements(self, name: str) -> list[str]:
        """The elements of the list in field `name`, in lower case; give the name in lower case."""
        if (value := self._first.get(name)) is None:
            return []
        if len(self._first) == len(self._fields) and "," not in value:  # nearly always
            return [value.strip().lower()]
        return [each.strip() for each in ",".join(self.all(name)).lower().split(",")]

    def lists(self, name: str, element: str) -> bool:
        """Whether the comma-separated field `name` has `element`, in any case; give both lower."""
        return element in self.elements(name)

    def __contains__(self, name: str) -> bool:
        """Whether `name`, given in lower case, is there."""
        return name in self._first

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)

    def __repr__(self) -> str:
        return f"Headers({list(self._first)})"  # names only: values may be secret


NO_HEADERS = Headers()


class Request(NamedTuple):
    """A request as a client sent it: nothing decoded, nothing normalised.

    `target` is the request target of the first line, header values are Latin-1 text without outer
    white space, `version` is `1.0` or `1.1`.
    """

    method: str
    target: str
    headers: Headers = NO_HEADERS
    body: bytes = b""
    version: str = "1.1"

    @property
    def path(self) -> str:
        """The target without its query."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        """What follows the first `?`, or nothing."""
        return self.target.partition("?")[2]

    def __repr__(self) -> str:
        return f"Request({self.method} {self.path})"  # headers, query and body may be secret


class Defect(Enum):
    """Why the bytes of a client are no request."""

    MALFORMED = "malformed"
    HEAD_TOO_LARGE = "head too large"
    BODY_TOO_LARGE = "body too large"
    VERSION = "HTTP version not supported"
    TIMEOUT = "the request did not arrive in time"


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Bytes that no HTTP parser accepts; the surface may still answer them in its own words.

    `head` is what arrived of the head, at most the listener's limit.
    """

    head: bytes
    defect: Defect
    detail: str = ""

    def __repr__(self) -> str:
        return f"Unreadable({self.defect.value})"


class Notes(NamedTuple):
    """What a surface tells the journal about a reply; never sent.

    `access_key_id` is the one handed out, or the one that signed. `detail` says what happened in
    words that the client does not get. `fault` names the faults that took part. `expires_at` is
    when the credentials end that are handed out, as the client is told. `token_lost`: the reply
    carries a metadata token that dies on its way, as the client is too many hops away.
    """

    imds_version: int | None = None
    access_key_id: str | None = None
    detail: str | None = None
    fault: str | None = None
    expires_at: datetime | None = None
    token_lost: bool = False


NO_NOTES = Notes()


def reason_phrase(status: HTTPStatus) -> str:
    """The usual reason phrase; that of 413 is the one from before RFC 9110.

    Python 3.13 took over the new one, Go and the services imitated here did not.
    """
    too_large = status is HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    return "Request Entity Too Large" if too_large else status.phrase


class Response(NamedTuple):
    """A reply to the byte: status line, header fields in order, body.

    The surface writes every field itself, `Date`, `Content-Length` and `Connection` included. With
    `close` the connection ends after the reply. A reply to HEAD carries the body that GET would
    have; it is left out where bytes are written. A `chunked` body is sent as one chunk. `plan` is
    how a fault wants it to go out, `hops` how far its packets may travel.
    """

    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    body: bytes = b""
    close: bool = True
    version: str = "HTTP/1.1"
    notes: Notes = NO_NOTES
    chunked: bool = False
    plan: WirePlan | None = None
    hops: int | None = None

    @property
    def payload(self) -> bytes:
        """The body as it is sent."""
        return b"%x\r\n%b\r\n0\r\n\r\n" % (len(self.body), self.body) if self.chunked else self.body

    def ending(self) -> "Response":
        """The same reply, with the news that the connection ends after it."""
        kept = [field for field in self.headers if field[0].lower() != "connection"]
        return self._replace(headers=(*kept, ("Connection", "close")), close=True)

    def head(self) -> bytes:
        """Status line and header fields up to and with the empty line."""
        fields = "".join([f"{name}: {value}\r\n" for name, value in self.headers])
        return f"{self.version} {self.status} {self.reason}\r\n{fields}\r\n".encode("latin-1")
