"""What a web identity token says, judged: for whom, by when, about whom. The signature is apart.

Source: API Reference, AssumeRoleWithWebIdentity; IAM User Guide, "Available keys for AWS OIDC
federation" (azp and aud), "Pass session tags in AWS STS"; reports of many clients for the messages;
the five minutes of leeway and the order were observed by the authors of versitygw.
"""

from dataclasses import dataclass
from datetime import datetime

from imds_sim.iam.entities import OidcProvider
from imds_sim.sts.federation.errors import (
    ExpiredWebIdentityToken,
    InvalidIdentityToken,
)
from imds_sim.sts.federation.web_identity_token import Claims
from imds_sim.sts.limits import WEB_IDENTITY_LEEWAY

_LEEWAY = int(WEB_IDENTITY_LEEWAY.total_seconds())


@dataclass(frozen=True, slots=True)
class WebIdentity:
    """Whom a token is about. `audience` is the one that counts, `named_audiences` what `aud` says.

    They differ where an authorized party (`azp`) is named.
    """

    provider: OidcProvider
    subject: str
    audience: str
    named_audiences: tuple[str, ...]
    claims: Claims


def issuer_of(claims: Claims) -> str:
    """Who says that it issued the token. Raises InvalidIdentityToken."""
    return _text(claims, "iss")


def judged(claims: Claims, provider: OidcProvider, now: datetime) -> WebIdentity:
    """The identity, if the claims hold now. Raises ExpiredWebIdentityToken, InvalidIdentityToken.

    Numbers must be whole. A token may be used as often as its holder likes.
    """
    _check_times(claims, int(now.timestamp()))
    subject = _text(claims, "sub")
    named = _audiences(claims)
    party = claims.get("azp")
    if party is not None and not isinstance(party, str):
        raise InvalidIdentityToken.not_validated("azp is no text")
    if not party and len(named) > 1:
        raise InvalidIdentityToken("Incorrect token audience", detail="several aud, and no azp")
    audience = party or named[0]
    if audience not in provider.client_ids:
        raise InvalidIdentityToken(
            "Incorrect token audience", detail=f"{audience!r} is no client id of the provider"
        )
    return WebIdentity(provider, subject, audience, named, claims)


def _check_times(claims: Claims, now: int) -> None:
    expires = _instant(claims, "exp")
    issued = _instant(claims, "iat")
    if expires is None:
        raise InvalidIdentityToken.missing_claim("exp")
    if now > expires + _LEEWAY:
        raise ExpiredWebIdentityToken.of(now, expires)
    if issued is None:
        raise InvalidIdentityToken.missing_claim("iat")
    begins = _instant(claims, "nbf")
    for name, instant in (("iat", issued), ("nbf", begins)):
        if instant is not None and now < instant - _LEEWAY:
            raise InvalidIdentityToken.not_validated(f"{name} {instant} is ahead of {now}")


def _instant(claims: Claims, name: str) -> int | None:
    value = claims.get(name)
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    raise InvalidIdentityToken.not_validated(f"{name} is no whole number")


def _text(claims: Claims, name: str) -> str:
    value = claims.get(name)
    if value is None or value == "":
        raise InvalidIdentityToken.missing_claim(name)
    if not isinstance(value, str):
        raise InvalidIdentityToken.not_validated(f"{name} is no text")
    return value


def _audiences(claims: Claims) -> tuple[str, ...]:
    value = claims.get("aud")
    listed = value if isinstance(value, list) else [value]
    if not listed or listed in ([None], [""]):
        raise InvalidIdentityToken.missing_claim("aud")
    if not all(isinstance(each, str) for each in listed):
        raise InvalidIdentityToken.not_validated("aud is no text and no list of texts")
    return tuple(map(str, listed))
