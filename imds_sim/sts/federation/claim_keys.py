"""Claims as condition keys: `token.actions.githubusercontent.com:sub` and its like.

Source: IAM User Guide, "Available keys for AWS OIDC federation"; Service Authorization Reference,
"Actions, resources, and condition keys for AWS Security Token Service", for what the providers that
AWS knows have beyond the standard claims.
"""

import re

from imds_sim.sts.context_keys import Keys
from imds_sim.sts.federation.oidc import WebIdentity

FEDERATED_PROVIDER = "aws:FederatedProvider"
_STANDARD = ("amr", "email")
_GITHUB = (
    *("actor", "actor_id", "enterprise_id", "environment", "job_workflow_ref"),
    *("ref", "repository", "repository_id", "repository_owner_id", "workflow"),
)
_GITLAB = (
    *("namespace_id", "pipeline_source", "project_id", "ref_protected", "runner_environment"),
    *("user_access_level", "user_email", "user_id", "user_login"),
)
_BUILDKITE = (
    *("build_branch", "cluster_id", "cluster_name"),
    *("organization_id", "organization_slug", "pipeline_id", "pipeline_slug"),
)
# By the place of the issuer, whole.
_KNOWN = tuple(
    (re.compile(pattern), claims)
    for pattern, claims in (
        (r"token\.actions\.githubusercontent\.com(/[^/]+)?", _GITHUB),
        (r"token\.actions\.[a-z0-9-]+\.ghe\.com", _GITHUB),
        (r"github\.com/enterprises/[^/]+", _GITHUB),
        (r"gitlab\.com", _GITLAB),
        (r"agent\.buildkite\.com|agent\.[a-z0-9-]+\.buildkite\.(dev|site)", _BUILDKITE),
        (r"oidc\.circleci\.com/org/[^/]+", ("oidc.circleci.com/project-id",)),
        (r"idcs-[^.]+\.identity\.oraclecloud\.com", ("rpst_id",)),
        (r"accounts\.google\.com", ("google/organization_number",)),
    )
)


def known_claims(place: str) -> tuple[str, ...]:
    """The claims of the issuer at `place` (host and path) that AWS makes condition keys of."""
    for pattern, claims in _KNOWN:
        if pattern.fullmatch(place):
            return claims
    return ()


def of_web_identity(identity: WebIdentity) -> Keys:
    """The keys that a token gives to the call."""
    place, named = identity.provider.place, identity.named_audiences
    keys: Keys = {
        **lasting(identity),
        f"{place}:oaud": named[0] if len(named) == 1 else named,
    }
    for name in (*_STANDARD, *identity.provider.claims):
        value = identity.claims.get(name)
        found = _value(value, multivalued=name == "amr")
        if found is not None:
            keys[f"{place}:{name}"] = found
    return keys


def lasting(identity: WebIdentity) -> dict[str, str]:
    """Those among them that every later request of the session has."""
    place = identity.provider.place
    return {
        FEDERATED_PROVIDER: identity.provider.arn,
        f"{place}:aud": identity.audience,
        f"{place}:sub": identity.subject,
    }


def _value(claim: object, *, multivalued: bool) -> str | tuple[str, ...] | None:
    """A claim as the value of a key; None for what no policy could compare."""
    match claim:
        case list():
            found = [_value(each, multivalued=False) for each in claim]
            return tuple(each for each in found if isinstance(each, str))
        case bool():
            text = "true" if claim else "false"
        case str() | int() | float():
            text = str(claim)
        case _:
            return None
    return (text,) if multivalued else text
