"""CloudShell's endpoint: the body of the metadata service, behind either of two tokens.

Source: the one body that was seen (aws/efs-utils issue 285) for members, order and values; that
errors are HTML pages from reports of botocore users. Status and text of the pages, the layout and
the headers are inferred.
"""

import hmac
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus

from imds_sim.containers.go_http import GoServer
from imds_sim.containers.go_url import GoUrl
from imds_sim.credentials.provider import CredentialSet, Refused
from imds_sim.kernel.clock import Clock
from imds_sim.kernel.message import Notes, Request, Response
from imds_sim.kernel.timestamps import iso_seconds
from imds_sim.workloads.endpoint import METADATA_TOKEN_PATH, Endpoint

TOKEN_HEADER = "x-aws-ec2-metadata-token"
TTL_HEADER = "x-aws-ec2-metadata-token-ttl-seconds"
MAX_TTL = 21600  # seconds, as the metadata service has it
_JSON = ("Content-Type", "application/json")
_HTML = ("Content-Type", "text/html; charset=utf-8")
_EPOCH = "1970-01-01T00:00:00Z"


@dataclass(frozen=True, slots=True)
class ShellTokens:
    """Keeps no list: a token carries its expiry and a proof."""

    key: bytes = field(repr=False)
    clock: Clock

    def issue(self, ttl: timedelta) -> str:
        """A token that lasts `ttl`."""
        claim = struct.pack(">d", (self.clock.now() + ttl).timestamp())
        return urlsafe_b64encode(claim + self._proof(claim)).decode()

    def accepts(self, presented: str) -> bool:
        """Whether it was issued here and has not ended."""
        try:
            raw = urlsafe_b64decode(presented.encode("ascii"))
        except ValueError:
            return False
        claim, proof = raw[:8], raw[8:]
        if len(raw) != 24 or not hmac.compare_digest(proof, self._proof(claim)):
            return False
        (expires_at,) = struct.unpack(">d", claim)
        return bool(self.clock.now().timestamp() < expires_at)

    def _proof(self, claim: bytes) -> bytes:
        return hmac.digest(self.key, claim, "sha256")[:16]


def answer(
    server: GoServer,
    request: Request,
    url: GoUrl,
    endpoint: Endpoint,
    held: CredentialSet | Refused | None,
    tokens: ShellTokens,
) -> Response:
    """A token for PUT, credentials for GET."""
    if url.path == METADATA_TOKEN_PATH != endpoint.name:
        return _metadata_token(server, request, tokens)
    if request.method not in ("GET", "HEAD"):
        return _page(server, request, HTTPStatus.METHOD_NOT_ALLOWED)
    own = endpoint.authorization_token.matches(request.headers.get("authorization") or "")
    if not own and not tokens.accepts(request.headers.get(TOKEN_HEADER) or ""):
        return _page(server, request, HTTPStatus.UNAUTHORIZED, "neither token is accepted")
    if not isinstance(held, CredentialSet):
        detail = "the endpoint has no role" if held is None else held.message
        return _page(server, request, HTTPStatus.INTERNAL_SERVER_ERROR, detail)
    notes = held.notes()
    return server.reply(request, HTTPStatus.OK, (_JSON,), _document(held), notes=notes)


def _metadata_token(server: GoServer, request: Request, tokens: ShellTokens) -> Response:
    if request.method != "PUT":
        return _page(server, request, HTTPStatus.METHOD_NOT_ALLOWED)
    asked = request.headers.get(TTL_HEADER) or ""
    if not (asked.isascii() and asked.isdigit() and 1 <= int(asked[:6]) <= MAX_TTL):
        return _page(server, request, HTTPStatus.BAD_REQUEST, "no lifetime of 1 to 21600 seconds")
    issued = tokens.issue(timedelta(seconds=int(asked[:6])))
    plain = ("Content-Type", "text/plain")
    return server.reply(request, HTTPStatus.OK, (plain,), issued.encode())


def _document(held: CredentialSet) -> bytes:
    members = {
        "LastUpdated": _EPOCH,
        "Type": "",
        "AccessKeyId": held.access_key_id,
        "SecretAccessKey": held.secret_access_key.reveal(),
        "Token": held.session_token.reveal(),
        "Expiration": iso_seconds(held.expires_at),
        "Code": "Success",
    }
    lines = ",\n".join(f'\t"{name}": "{value}"' for name, value in members.items())
    return f"{{\n{lines}\n}}".encode()


def _page(
    server: GoServer, request: Request, status: HTTPStatus, detail: str | None = None
) -> Response:
    told = f"{status.value} {status.phrase}"
    body = f"<html><head><title>{told}</title></head><body><h1>{told}</h1></body></html>\n"
    return server.reply(request, status, (_HTML,), body.encode(), notes=Notes(detail=detail))
