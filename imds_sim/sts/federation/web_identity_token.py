"""A web identity token taken apart: what it says, before anything of it is proven.

Source: RFC 7515, 7519; the API Reference of AssumeRoleWithWebIdentity for the algorithms.
"""

import binascii
import json
import re
from base64 import b64decode
from dataclasses import dataclass, field
from typing import NoReturn

from imds_sim.sts.federation.errors import (
    InvalidIdentityToken,
)
from imds_sim.sts.limits import WEB_IDENTITY_ALGORITHMS

Claims = dict[str, object]
_BASE64URL = re.compile(r"[A-Za-z0-9_-]*")


@dataclass(frozen=True, slots=True)
class UnprovenToken:
    """A JSON Web Token as it came. `claims` are plain JSON; nothing of it is to be believed yet."""

    text: str = field(repr=False)
    algorithm: str
    kid: str | None
    claims: Claims = field(repr=False)


def read_token(text: str) -> UnprovenToken:
    """Take a token apart; its length has a limit already. Raises InvalidIdentityToken.

    SDKs send a token file as it is, and Bitbucket's guide to OIDC on AWS writes it with `echo`: the
    newline at its end does no harm there, so it does none here.
    """
    text = text.strip()
    segments = text.split(".")
    if len(segments) != 3:
        raise InvalidIdentityToken.no_jwt(f"{len(segments)} parts, not 3")
    header, claims = _object(segments[0], "header"), _object(segments[1], "payload")
    algorithm, kid = header.get("alg"), header.get("kid")
    if not isinstance(algorithm, str) or algorithm not in WEB_IDENTITY_ALGORITHMS:
        raise InvalidIdentityToken.no_jwt("alg is none of those that prove something")
    if "crit" in header:
        raise InvalidIdentityToken.no_jwt("extensions (crit) are not understood")
    if kid is not None and not isinstance(kid, str):
        raise InvalidIdentityToken.no_jwt("kid is no text")
    return UnprovenToken(text, algorithm, kid, claims)


def _object(segment: str, what: str) -> Claims:
    """A JSON object in base64url. Text that could not be sent on as UTF-8 is refused here."""
    try:
        if not _BASE64URL.fullmatch(segment):
            raise ValueError(segment)
        padded = segment.encode("ascii") + b"=" * (-len(segment) % 4)
        read = json.loads(
            b64decode(padded, altchars=b"-_", validate=True).decode(), parse_constant=_no_constant
        )
        json.dumps(read, ensure_ascii=False).encode()
    except (ValueError, binascii.Error, RecursionError):
        raise InvalidIdentityToken.no_jwt(f"the {what} is no JSON in base64url") from None
    if not isinstance(read, dict):
        raise InvalidIdentityToken.no_jwt(f"the {what} is no JSON object")
    return read


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no value of JSON")
