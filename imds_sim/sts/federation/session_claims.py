"""Claims that say what the session shall be: its tags, its source identity, the roles it may take.

Source: IAM User Guide, "Pass session tags in AWS STS" (the tags claim, nested and flattened),
"Monitor and control actions taken with assumed roles" (the source identity); CloudTrail records of
2026 for the roles claim.
"""

from imds_sim.sts.constraints import text_violations
from imds_sim.sts.federation.errors import (
    InvalidIdentityToken,
)
from imds_sim.sts.federation.web_identity_token import Claims
from imds_sim.sts.limits import MAX_TAGS, SOURCE_IDENTITY, TAG_KEY, TAG_VALUE
from imds_sim.sts.tags import Tag

TAGS = "https://aws.amazon.com/tags"
PRINCIPAL_TAGS = "principal_tags"
TRANSITIVE_TAG_KEYS = "transitive_tag_keys"
SOURCE_IDENTITY_CLAIM = "https://aws.amazon.com/source_identity"
ROLES = "https://aws.amazon.com/roles"
_FLAT_TAG = f"{TAGS}/{PRINCIPAL_TAGS}/"


def tags_in(claims: Claims) -> tuple[tuple[Tag, ...], tuple[str, ...]]:
    """The session tags and the transitive keys. Raises InvalidIdentityToken.

    Providers that cannot nest give each tag a claim of its own:
    `https://aws.amazon.com/tags/principal_tags/KEY`.
    """
    nested = claims.get(TAGS, {})
    if not isinstance(nested, dict):
        raise _wrong(TAGS)
    listed = nested.get(PRINCIPAL_TAGS, {})
    if not isinstance(listed, dict):
        raise _wrong(f"{TAGS} {PRINCIPAL_TAGS}")
    flat = {
        name.removeprefix(_FLAT_TAG): value
        for name, value in claims.items()
        if name.startswith(_FLAT_TAG)
    }
    tags = tuple((key, _one(value, key)) for key, value in {**listed, **flat}.items())
    keys = nested.get(TRANSITIVE_TAG_KEYS, claims.get(f"{TAGS}/{TRANSITIVE_TAG_KEYS}", []))
    transitive = [keys] if isinstance(keys, str) else keys
    if not isinstance(transitive, list) or not all(isinstance(each, str) for each in transitive):
        raise _wrong(f"{TAGS} {TRANSITIVE_TAG_KEYS}")
    if len(tags) > MAX_TAGS or len(transitive) > MAX_TAGS:
        raise _wrong(f"{TAGS} (at most {MAX_TAGS})")
    for key, value in tags:
        if text_violations("", key, TAG_KEY) or text_violations("", value, TAG_VALUE):
            raise _wrong(f"{TAGS} {PRINCIPAL_TAGS} {key}")
    return tags, tuple(transitive)


def source_identity_in(claims: Claims) -> str | None:
    """The source identity that the token sets. Raises InvalidIdentityToken."""
    value = claims.get(SOURCE_IDENTITY_CLAIM)
    if value is None:
        return None
    if (
        not isinstance(value, str)
        or value.startswith("aws:")
        or text_violations("", value, SOURCE_IDENTITY)
    ):
        raise InvalidIdentityToken(  # the words for the same attribute of an assertion
            'Source Identity must match [a-zA-Z_0-9+=,.@-]{2,64} and not begin with "aws:"'
        )
    return value


def is_authorized_by_idp(claims: Claims, role_arn: str) -> bool:
    """Whether the token lists the roles that it is good for; this one must then be among them.

    Raises InvalidIdentityToken.
    """
    if ROLES not in claims:
        return False
    value = claims[ROLES]
    if role_arn not in (value if isinstance(value, list) else [value]):
        raise InvalidIdentityToken(
            "The target role ARN is not present in the roles claim of the identity token"
        )
    return True


def _one(value: object, key: str) -> str:
    """The value of a tag: a text, or a list of one text."""
    alone = value[0] if isinstance(value, list) and len(value) == 1 else value
    if not isinstance(alone, str):
        raise _wrong(f"{TAGS} {PRINCIPAL_TAGS} {key}")
    return alone


def _wrong(what: str) -> InvalidIdentityToken:
    return InvalidIdentityToken.not_validated(f"{what} is not what it should be")
