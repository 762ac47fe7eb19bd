"""A metadata service anywhere: HTTP to the address in one URL and to nothing else, v2 before v1."""

import http.client
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from imds_sim.kernel.errors import SimError
from imds_sim.kernel.secret import Secret

STANDARD = "http://169.254.169.254"
TOKEN_PATH = "/latest/api/token"
TOKEN_TTL_HEADER = "X-aws-ec2-metadata-token-ttl-seconds"
TOKEN_HEADER = "X-aws-ec2-metadata-token"
TTL_SECONDS = 21600
TIMEOUT = 5.0  # seconds; beyond the hop limit the answer to the PUT never comes
MAX_BODY = 1024 * 1024  # bytes; user data has 16 KiB


class EndpointUnusable(SimError):
    """Not the URL of a metadata service."""

    exit_status = 2


class EndpointSilent(SimError):
    """Nobody answers there, or what answers is no metadata service."""

    exit_status = 69


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, fields in their order; redirects are not followed."""

    status: int
    reason: str
    fields: tuple[tuple[str, str], ...]
    body: bytes = field(repr=False)
    version: str = "HTTP/1.1"

    @property
    def told(self) -> str:
        """The status as a person reads it."""
        return printable(f"{self.status} {self.reason}")


def printable(text: str) -> str:
    """`text` without what a terminal would act on: it may come from a hostile service."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


class Endpoint:
    """A service at `url`. Its token is asked for with the first request, and again after a 401."""

    def __init__(self, url: str) -> None:
        """Raises EndpointUnusable."""
        try:
            parts = urlsplit(url)
            self._host, self._port = parts.hostname or "", parts.port or 80
        except ValueError as error:
            raise EndpointUnusable(f"{url!r}: {error}") from None
        if parts.scheme != "http" or not self._host or parts.query or parts.fragment:
            raise EndpointUnusable(f"{url!r} is not a URL like {STANDARD}")
        self.url = url.rstrip("/")
        self._prefix = parts.path.rstrip("/")
        self._token: Secret | None = None
        self._asked = False

    @property
    def is_v2(self) -> bool:
        """Whether requests are made with a token; known after the first one."""
        return self._token is not None

    def get(self, path: str) -> Answer:
        """GET with a token if the service gives any. Raises EndpointSilent."""
        if not self._asked:
            self._renew()
        answer = self._get(path)
        if answer.status == 401 and self._token is not None:
            self._renew()
            answer = self._get(path)
        return answer

    def get_v1(self, path: str) -> Answer:
        """GET without a token. Raises EndpointSilent."""
        return self._send("GET", path, {})

    def put_token(self) -> Answer:
        """Ask for a metadata token. Raises EndpointSilent."""
        return self._send("PUT", TOKEN_PATH, {TOKEN_TTL_HEADER: str(TTL_SECONDS)})

    def _get(self, path: str) -> Answer:
        headers = {} if self._token is None else {TOKEN_HEADER: self._token.reveal()}
        return self._send("GET", path, headers)

    def _renew(self) -> None:
        self._asked = True
        try:
            answer = self.put_token()
        except EndpointSilent:  # more hops away than the limit, perhaps: then v1 has to do
            answer = None
        issued = answer is not None and answer.status == 200
        self._token = Secret(answer.body.decode("latin-1")) if answer and issued else None

    def _send(self, method: str, path: str, headers: dict[str, str]) -> Answer:
        connection = http.client.HTTPConnection(self._host, self._port, timeout=TIMEOUT)
        try:
            connection.request(method, self._prefix + path, headers=headers)
            response = connection.getresponse()
            body = response.read(MAX_BODY)
            fields = tuple(response.getheaders())
            version = f"HTTP/{response.version / 10:.1f}"
            return Answer(response.status, response.reason, fields, body, version)
        except (OSError, http.client.HTTPException, ValueError) as error:
            told = getattr(error, "strerror", None) or str(error) or type(error).__name__
            raise EndpointSilent(f"{method} {self.url}{path}: {told}") from error
        finally:
            connection.close()
