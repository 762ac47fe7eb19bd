"""The instance metadata service as a client: a metadata token first, then the path."""

from dataclasses import dataclass

from imds_sim.cli.chain.local_http import Reply, fetch
from imds_sim.kernel.secret import Secret

TOKEN_PATH = "/latest/api/token"
TOKEN_TTL_HEADER = "X-aws-ec2-metadata-token-ttl-seconds"
TOKEN_HEADER = "X-aws-ec2-metadata-token"
TOKEN_TTL = "300"  # seconds: for a handful of requests
TIMEOUT = 2.0  # seconds; where nobody has the address, connecting takes this long


@dataclass(frozen=True, slots=True)
class MetadataService:
    """The service at `endpoint`, a URL with or without final slash."""

    endpoint: str

    def issue_token(self) -> Reply:
        """Ask for a metadata token; with 200 it is the body. Raises NoAnswer, AddressNotAllowed."""
        return self._fetch("PUT", TOKEN_PATH, {TOKEN_TTL_HEADER: TOKEN_TTL})

    def get(self, path: str, metadata_token: Secret | None) -> Reply:
        """Get a path, which begins with a slash; without token it is IMDSv1."""
        headers = {TOKEN_HEADER: metadata_token.reveal()} if metadata_token else {}
        return self._fetch("GET", path, headers)

    def _fetch(self, method: str, path: str, headers: dict[str, str]) -> Reply:
        return fetch(method, self.endpoint.rstrip("/") + path, headers, timeout=TIMEOUT)
