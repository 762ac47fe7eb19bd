"""The mathematics of Signature Version 4: canonical request, string to sign, signature.

Source: IAM User Guide, "Create a signed AWS API request". STS has one path, so that no path needs
to be made canonical.
"""

import hashlib
import hmac
import re
from dataclasses import dataclass
from urllib.parse import quote_from_bytes, unquote_to_bytes

from imds_sim.kernel.message import Request
from imds_sim.kernel.secret import Secret

ALGORITHM = "AWS4-HMAC-SHA256"
SERVICE = "sts"
TERMINATOR = "aws4_request"
_SPACES = re.compile(r"[ \t]+")  # no other white space: a byte of UTF-8 may look like some
_SIGNATURE = "X-Amz-Signature"
_UNRESERVED = "-_.~"  # beside letters and digits: RFC 3986, 2.3


@dataclass(frozen=True, slots=True)
class Scope:
    """What a signature is good for: a day (`YYYYMMDD`), a region, a service.

    In Signature Version 4A the region is None: a header names a set of them.
    """

    date: str
    region: str | None
    service: str = SERVICE
    terminator: str = TERMINATOR

    def __str__(self) -> str:
        region = "" if self.region is None else f"{self.region}/"
        return f"{self.date}/{region}{self.service}/{self.terminator}"


def signature(
    request: Request,
    signed_headers: tuple[str, ...],
    scope: Scope,
    timestamp: str,
    secret_access_key: Secret,
) -> str:
    """The signature, 64 hex digits, of a request to `/` at `timestamp` (`YYYYMMDDTHHMMSSZ`).

    `signed_headers` are names in lower case, sorted. Headers are Latin-1, as they came.
    """
    key = f"AWS4{secret_access_key.reveal()}".encode()
    for part in (scope.date, scope.region or "", scope.service, scope.terminator):
        key = hmac.digest(key, _bytes(part), "sha256")
    to_sign = string_to_sign(request, signed_headers, scope, timestamp)
    return hmac.digest(key, to_sign, "sha256").hex()


def string_to_sign(
    request: Request,
    signed_headers: tuple[str, ...],
    scope: Scope,
    timestamp: str,
    algorithm: str = ALGORITHM,
) -> bytes:
    """Algorithm, time, scope and the hash of the canonical request, a line each."""
    digest = hashlib.sha256(canonical_request(request, signed_headers)).hexdigest()
    return _bytes(f"{algorithm}\n{timestamp}\n{scope}\n{digest}")


def canonical_request(request: Request, signed_headers: tuple[str, ...]) -> bytes:
    """Method, path, query, signed headers and the hash of the body, a line each.

    A header that is listed but absent has no line, and so the signature fails.
    """
    wanted = set(signed_headers)
    values: dict[str, list[str]] = {}
    for name, value in request.headers:
        if (lower := name.lower()) in wanted:
            values.setdefault(lower, []).append(_SPACES.sub(" ", value).strip(" "))
    lines = [
        request.method,
        "/",
        canonical_query(request.query),
        *(f"{name}:{','.join(values[name])}" for name in signed_headers if name in values),
        "",
        ";".join(signed_headers),
        hashlib.sha256(request.body).hexdigest(),
    ]
    return _bytes("\n".join(lines))


def canonical_query(query: str) -> str:
    """Parameters encoded anew and sorted; `+` is a space, a name alone has an empty value.

    The signature of a presigned request is none of them.
    """
    if not query:
        return ""
    pairs = (pair.partition("=") for pair in query.split("&") if pair)
    encoded = sorted((_encode(name), _encode(value)) for name, _, value in pairs)
    return "&".join(f"{name}={value}" for name, value in encoded if name != _SIGNATURE)


def _encode(text: str) -> str:
    return quote_from_bytes(unquote_to_bytes(_bytes(text.replace("+", " "))), safe=_UNRESERVED)


def _bytes(text: str) -> bytes:
    return text.encode("latin-1", "replace")  # as the wire hands it over: a character, a byte
