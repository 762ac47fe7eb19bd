"""`POST /v1/oidc-token`: what may be ordered of a built-in issuer, and how it is told."""

from datetime import timedelta

from imds_sim.admin.body import read_object
from imds_sim.admin.errors import BodyInvalid
from imds_sim.sts.federation.issuers import Issuers
from imds_sim.sts.federation.orders import DEFAULT_LIFETIME, TokenOrder, mint
from imds_sim.sts.federation.shapes import Shape

MAX_BODY = 32 * 1024  # bytes; a token that STS takes has 20,000 characters
MAX_LIFETIME = timedelta(days=3650)
_KEYS = ("issuer", "claims", "audience", "lifetime_seconds", "shape")


def read_order(body: bytes) -> TokenOrder:
    """The order in a body. Raises BodyInvalid."""
    read = read_object(body, _KEYS)
    issuer, claims, shape = read.get("issuer"), read.get("claims", {}), read.get("shape")
    if not isinstance(issuer, str) or not issuer:
        raise BodyInvalid("issuer must be the name or the URL of a built-in issuer")
    if not isinstance(claims, dict):
        raise BodyInvalid("claims must be an object")
    if shape is not None and shape not in list(Shape):
        raise BodyInvalid(f"shape must be one of {', '.join(Shape)}")
    return TokenOrder(
        issuer,
        claims,
        _audience(read.get("audience")),
        _lifetime(read.get("lifetime_seconds")),
        None if shape is None else Shape(str(shape)),
    )


def minted(issuers: Issuers, body: bytes) -> dict[str, object]:
    """The token that a body orders, and what it says. Raises BodyInvalid, IssuerUnknown."""
    made = mint(issuers, read_order(body))
    return {
        "token": made.web_identity_token.reveal(),
        "issuer": made.issuer,
        "claims": made.claims,
    }


def _audience(value: object) -> str | tuple[str, ...] | None:
    if value is None or (isinstance(value, str) and value):
        return value
    if isinstance(value, list) and value and all(isinstance(each, str) for each in value):
        return tuple(map(str, value))
    raise BodyInvalid("audience must be text, or a list of texts")


def _lifetime(value: object) -> timedelta:
    if value is None:
        return DEFAULT_LIFETIME
    most = int(MAX_LIFETIME.total_seconds())
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
        raise BodyInvalid(f"lifetime_seconds must be a whole number, 1 to {most}")
    return timedelta(seconds=value)
