"""HTTP to this machine alone: loopback, link-local and the fd00:ec2:: addresses. No proxies."""

import http.client
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from urllib.parse import urlsplit

from imds_sim.cli.chain.errors import AddressNotAllowed, NoAnswer
from imds_sim.kernel.address import TcpAddress

AGENT = f"imds-sim/{version('imds-sim')}"  # so that the journal shows who asked
TIMEOUT = 5.0  # seconds; the service is here, and tokens are minted in milliseconds


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back; redirects are not followed."""

    status: int
    reason: str
    body: bytes = field(repr=False)

    @property
    def text(self) -> str:
        """The body, whatever its bytes are."""
        return self.body.decode("utf-8", "replace")


def fetch(
    method: str,
    url: str,
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
    timeout: float = TIMEOUT,
) -> Reply:
    """One request. Raises AddressNotAllowed before anything is sent, NoAnswer."""
    address = local_address(url)
    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection = http.client.HTTPConnection(address.host, address.port, timeout=timeout)
    try:
        connection.request(method, target, body, {"User-Agent": AGENT, **(headers or {})})
        response = connection.getresponse()
        return Reply(response.status, response.reason, response.read())
    except (OSError, http.client.HTTPException, ValueError) as error:
        # ValueError: a header or target that HTTP cannot carry, such as a token with a line feed.
        told = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise NoAnswer(f"{method} {address.url}{parts.path}: {told}") from error
    finally:
        connection.close()


def local_address(url: str) -> TcpAddress:
    """The address in an http URL. Raises AddressNotAllowed unless it is one of this machine."""
    try:
        parts = urlsplit(url)
        host = "127.0.0.1" if parts.hostname == "localhost" else parts.hostname or ""
        address = TcpAddress(host, parts.port if parts.port is not None else 80)
        if parts.scheme == "http" and not address.is_public:
            return address
    except ValueError:
        pass  # a name, or no URL at all
    raise AddressNotAllowed(
        f"{url!r} is not asked: only http on loopback, link-local and fd00:ec2:: addresses is"
    )
