"""A token ordered from a built-in issuer, by a command or a test."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from imds_sim.kernel.secret import Secret
from imds_sim.sts.federation.issuers import Issuers
from imds_sim.sts.federation.shapes import Shape, shaped
from imds_sim.sts.federation.web_identity_token import Claims

DEFAULT_LIFETIME = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class TokenOrder:
    """What is ordered: `issuer` by name or URL, claims as they shall stand in the token.

    Without `audience` the first client id of the provider is named. A claim of None is left out.
    """

    issuer: str
    claims: Mapping[str, object] = field(default_factory=dict)
    audience: str | tuple[str, ...] | None = None
    lifetime: timedelta = DEFAULT_LIFETIME
    shape: Shape | None = None


@dataclass(frozen=True, slots=True)
class MintedToken:
    """A token, with what it says in plain view: its claims are no secret, its signature is."""

    web_identity_token: Secret
    issuer: str
    claims: Claims


def mint(issuers: Issuers, order: TokenOrder) -> MintedToken:
    """Sign whatever is ordered. Raises IssuerUnknown."""
    provider = issuers.provider(order.issuer)
    issuer = issuers.of(provider)
    named = order.audience or provider.client_ids[0]
    claims: Claims = {"aud": named if isinstance(named, str) else list(named), **order.claims}
    if order.shape is not None:
        claims = shaped(order.shape, claims, int(issuer.clock.now().timestamp()))
    whole = issuer.completed(claims, order.lifetime)
    return MintedToken(issuer.sign(whole), issuer.url, whole)
