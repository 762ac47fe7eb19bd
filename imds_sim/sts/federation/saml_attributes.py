"""The attributes of an assertion that AWS reads: roles, session name, tags, condition keys.

Source: IAM User Guide, "Configure SAML assertions for the authentication response" (the attributes,
and their mapping to context keys) and "IAM and AWS STS condition context keys".
"""

import hashlib
import re
from base64 import b64encode
from collections.abc import Mapping
from datetime import timedelta

from imds_sim.iam.entities import SamlProvider
from imds_sim.sts.constraints import text_violations
from imds_sim.sts.context_keys import Keys
from imds_sim.sts.federation.errors import InvalidIdentityToken
from imds_sim.sts.federation.saml import Assertion
from imds_sim.sts.federation.saml_errors import ResponseInvalid
from imds_sim.sts.limits import (
    MAX_DURATION,
    MAX_TAGS,
    MIN_DURATION,
    ROLE_SESSION_NAME,
    SOURCE_IDENTITY,
    TAG_KEY,
    TAG_VALUE,
)
from imds_sim.sts.tags import Tag

Attributes = Mapping[str, tuple[str, ...]]

PREFIX = "https://aws.amazon.com/SAML/Attributes/"
ROLE = f"{PREFIX}Role"
SESSION_NAME = f"{PREFIX}RoleSessionName"
SESSION_DURATION = f"{PREFIX}SessionDuration"
SOURCE_IDENTITY_NAME = f"{PREFIX}SourceIdentity"
PRINCIPAL_TAG = f"{PREFIX}PrincipalTag:"
TRANSITIVE_TAG_KEYS = f"{PREFIX}TransitiveTagKeys"
NAME_FORMATS = "urn:oasis:names:tc:SAML:2.0:nameid-format:"
FEDERATED_PROVIDER = "aws:FederatedProvider"
_SECONDS = re.compile(r"\d{1,9}", re.ASCII)

_PERSON = "urn:oid:1.3.6.1.4.1.5923.1.1.1."
_ORGANIZATION = "urn:oid:1.3.6.1.4.1.5923.1.2.1."
_CLAIMS = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/"
# By the attribute's name: the key without `saml:`. Those of `_LISTS` are always lists.
_KEYS = {
    f"{_PERSON}1": "edupersonaffiliation",
    f"{_PERSON}2": "edupersonnickname",
    f"{_PERSON}3": "edupersonorgdn",
    f"{_PERSON}4": "edupersonorgunitdn",
    f"{_PERSON}5": "edupersonprimaryaffiliation",
    f"{_PERSON}6": "edupersonprincipalname",
    f"{_PERSON}7": "edupersonentitlement",
    f"{_PERSON}8": "edupersonprimaryorgunitdn",
    f"{_PERSON}9": "edupersonscopedaffiliation",
    f"{_PERSON}10": "edupersontargetedid",
    f"{_PERSON}11": "edupersonassurance",
    f"{_ORGANIZATION}2": "eduorghomepageuri",
    f"{_ORGANIZATION}3": "eduorgidentityauthnpolicyuri",
    f"{_ORGANIZATION}4": "eduorglegalname",
    f"{_ORGANIZATION}5": "eduorgsuperioruri",
    f"{_ORGANIZATION}6": "eduorgwhitepagesuri",
    "urn:oid:2.5.4.3": "cn",
    f"{_CLAIMS}name": "name",
    "http://schemas.xmlsoap.org/claims/CommonName": "commonName",
    f"{_CLAIMS}givenname": "givenName",
    f"{_CLAIMS}surname": "surname",
    f"{_CLAIMS}emailaddress": "mail",
    "http://schemas.microsoft.com/ws/2008/06/identity/claims/primarygroupsid": "primaryGroupSID",
    "urn:oid:2.5.4.4": "surname",
    "urn:oid:2.5.4.42": "givenName",
    "urn:oid:2.5.4.45": "x500UniqueIdentifier",
    "urn:oid:0.9.2342.19200300.100.1.1": "uid",
    "urn:oid:0.9.2342.19200300.100.1.3": "mail",
    "urn:oid:0.9.2342.19200300.100.1.45": "organizationStatus",
}
_SINGLE = frozenset(
    {
        "edupersonorgdn",
        "edupersonprimaryaffiliation",
        "edupersonprimaryorgunitdn",
        "edupersonprincipalname",
    }
)
_LISTS = frozenset(
    key for key in _KEYS.values() if key.startswith("edu") and key not in _SINGLE
) | {"cn"}


def is_granted(attributes: Attributes, role_arn: str, provider_arn: str) -> bool:
    """Whether the provider gives this role; a pair may stand in either order."""
    wanted = {role_arn, provider_arn}
    return any(
        {part.strip() for part in value.split(",")} == wanted for value in attributes.get(ROLE, ())
    )


def session_name_in(attributes: Attributes) -> str:
    """The name of the role session, which there must be. Raises InvalidIdentityToken."""
    values = attributes.get(SESSION_NAME, ())
    if not values or not values[0]:
        raise InvalidIdentityToken("RoleSessionName is required in AuthnResponse")
    if len(values) > 1 or text_violations("", values[0], ROLE_SESSION_NAME):
        raise InvalidIdentityToken(
            "RoleSessionName in AuthnResponse must match [a-zA-Z_0-9+=,.@-]{2,64}"
        )
    return values[0]


def source_identity_in(attributes: Attributes) -> str | None:
    """The source identity that the assertion sets. Raises InvalidIdentityToken."""
    values = attributes.get(SOURCE_IDENTITY_NAME, ())
    if not values:
        return None
    if len(values) > 1 or text_violations("", values[0], SOURCE_IDENTITY):
        raise InvalidIdentityToken(
            'Source Identity must match [a-zA-Z_0-9+=,.@-]{2,64} and not begin with "aws:"'
        )
    return values[0]


def duration_in(attributes: Attributes) -> timedelta | None:
    """The longest session that the provider wants, 15 minutes to 12 hours.

    Raises InvalidIdentityToken.
    """
    values = attributes.get(SESSION_DURATION, ())
    if not values:
        return None
    if len(values) == 1 and _SECONDS.fullmatch(values[0]):
        duration = timedelta(seconds=int(values[0]))
        if MIN_DURATION <= duration <= MAX_DURATION:
            return duration
    raise ResponseInvalid("SessionDuration is not one number from 900 to 43200")


def tags_in(attributes: Attributes) -> tuple[tuple[Tag, ...], tuple[str, ...]]:
    """The session tags and the transitive keys. Raises InvalidIdentityToken."""
    tags: list[Tag] = []
    for called, values in attributes.items():
        if not called.startswith(PRINCIPAL_TAG):
            continue
        key = called.removeprefix(PRINCIPAL_TAG)
        if len(values) != 1:
            raise ResponseInvalid(f"PrincipalTag:{key} has {len(values)} values")
        if text_violations("", key, TAG_KEY) or text_violations("", values[0], TAG_VALUE):
            raise ResponseInvalid(f"PrincipalTag:{key} is no tag")
        tags.append((key, values[0]))
    transitive = attributes.get(TRANSITIVE_TAG_KEYS, ())
    if len(tags) > MAX_TAGS or len(transitive) > MAX_TAGS:
        raise ResponseInvalid(f"more than {MAX_TAGS} tags")
    return tuple(tags), transitive


def subject_type(assertion: Assertion) -> str:
    """`persistent` or `transient`; formats of other standards stay whole."""
    return assertion.name_format.removeprefix(NAME_FORMATS)


def name_qualifier(issuer: str, provider: SamlProvider) -> str:
    """What tells users of one name apart: a hash of issuer, account and provider.

    STS API Reference, AssumeRoleWithSAML: nothing stands between issuer and account.
    """
    hashed = f"{issuer}{provider.account}/{provider.name}".encode()
    return b64encode(hashlib.sha1(hashed, usedforsecurity=False).digest()).decode()


def lasting(assertion: Assertion, provider: SamlProvider) -> dict[str, str]:
    """The condition keys that every later request of the session has."""
    return {
        FEDERATED_PROVIDER: provider.arn,
        "saml:namequalifier": name_qualifier(assertion.issuer, provider),
        "saml:sub": assertion.subject or "",
        "saml:sub_type": subject_type(assertion),
    }


def of_assertion(assertion: Assertion, provider: SamlProvider) -> Keys:
    """The condition keys that an assertion gives to the call.

    Where the guide and the service authorization reference differ about a list, what has several
    values is one.
    """
    keys: Keys = {
        **lasting(assertion, provider),
        "saml:aud": assertion.recipient,
        "saml:iss": assertion.issuer,
        "saml:doc": f"{provider.account}/{provider.name}",
    }
    for called, values in assertion.attributes.items():
        key = _KEYS.get(called)
        if key is None or not values or f"saml:{key}" in keys:
            continue
        is_list = key in _LISTS or (len(values) > 1 and key not in _SINGLE)
        keys[f"saml:{key}"] = values if is_list else values[0]
    return keys
