"""SAML responses as claims: who says what about whom, good for which roles, until when.

Source: IAM User Guide, "Configure SAML assertions for the authentication response" and
"Troubleshoot SAML federation"; reports of clients for the texts about time.
"""

import binascii
import re
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from imds_sim.iam.entities import SamlProvider
from imds_sim.sts.federation.errors import IdpRejectedClaim, InvalidIdentityToken
from imds_sim.sts.federation.saml_errors import ExpiredAssertion, ResponseInvalid
from imds_sim.sts.federation.xml_element import PROTOCOL, SAML, XmlElement, name
from imds_sim.sts.limits import ASSERTION_LIFETIME, ASSERTION_SKEW

BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
SUCCESS = "urn:oasis:names:tc:SAML:2.0:status:Success"
UNSPECIFIED = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"  # SAML Core, 2.2.2: without
AUDIENCE = "urn:amazon:webservices"
RECIPIENT = "https://signin.aws.amazon.com/saml"

# The sign-in endpoints, regional ones and those of a provider with encryption too.
_SIGN_IN = re.compile(
    r"https://(?:[a-z]{2}(?:-[a-z]+)+-\d\.)?signin\.(?:aws\.amazon|amazonaws-us-gov)\.com"
    r"/(?:static/saml|saml(?:/acs/[A-Za-z0-9_-]+)?)"
    r"|https://signin\.amazonaws\.cn/saml(?:/acs/[A-Za-z0-9_-]+)?"
)
_INSTANT = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,12}))?(?:Z|[+]00:00)", re.ASCII
)
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Assertion:
    """What a provider has signed. `name_format` is the URI of the name's format.

    `attributes` are the values by the attribute's name, in order; `session_ends_at` is the end that
    the provider sets to the session, if it does.
    """

    identifier: str
    issuer: str
    subject: str | None
    name_format: str
    recipient: str
    attributes: Mapping[str, tuple[str, ...]]
    session_ends_at: datetime | None = None


def read_response(
    encoded: str, provider: SamlProvider, certificates: tuple[str, ...]
) -> XmlElement:
    """The assertion in a response, proven to be the provider's.

    Raises InvalidIdentityToken, IdpRejectedClaim.
    """
    try:
        document = b64decode(_SPACES.sub("", encoded), validate=True)
    except (binascii.Error, ValueError):
        raise InvalidIdentityToken("Invalid base64 SAMLResponse") from None
    from imds_sim.sts.federation.saml_signature import (
        SignatureRefused,
        XmlRefused,
        read_xml,
        verified_assertion,
    )

    try:
        _check_unproven(read_xml(document), provider)
        assertion = verified_assertion(document, certificates)
    except XmlRefused as refused:
        raise ResponseInvalid(str(refused)) from None
    except SignatureRefused as refused:
        raise InvalidIdentityToken("Response signature invalid", detail=str(refused)) from None
    if _issuer_of(assertion) != provider.entity_id:
        raise _foreign_issuer(assertion)
    return assertion


def judged(assertion: XmlElement, now: datetime) -> Assertion:
    """What an authentic assertion claims, if it is for AWS and for now.

    Raises InvalidIdentityToken, ExpiredAssertion.
    """
    confirmation = _confirmation(assertion)
    recipient = confirmation.attributes.get("Recipient", "")
    if not _SIGN_IN.fullmatch(recipient):
        raise _no_audience(f"recipient {recipient!r}")
    _check_audience(assertion)
    _check_time(assertion, confirmation, now)
    subject = assertion.first(SAML, "Subject")
    name_id = subject.first(SAML, "NameID") if subject is not None else None
    ends = _earliest_end(assertion)
    if ends is not None and ends <= now:
        raise ExpiredAssertion.passed("SessionNotOnOrAfter")
    return Assertion(
        identifier=assertion.attributes.get("ID", ""),
        issuer=_issuer_of(assertion),
        subject=(name_id.text.strip() or None) if name_id is not None else None,
        name_format=name_id.attributes.get("Format", UNSPECIFIED) if name_id else UNSPECIFIED,
        recipient=recipient,
        attributes=_attributes(assertion),
        session_ends_at=ends,
    )


def _check_unproven(response: XmlElement, provider: SamlProvider) -> None:
    """What may be refused before anything is proven: nothing that is read here is believed."""
    if response.tag != name(PROTOCOL, "Response"):
        raise ResponseInvalid(f"{response.tag} in place of a response")
    status = response.first(PROTOCOL, "Status")
    code = status.first(PROTOCOL, "StatusCode") if status is not None else None
    value = code.attributes.get("Value") if code is not None else None
    if value != SUCCESS:
        raise IdpRejectedClaim(f"the status of the response is {value}")
    if response.first(SAML, "EncryptedAssertion") is not None:
        raise ResponseInvalid("an encrypted assertion, which nothing opens here")
    claimed = response.first(SAML, "Assertion")
    if claimed is not None and _issuer_of(claimed) != provider.entity_id:
        raise _foreign_issuer(claimed)


def _issuer_of(assertion: XmlElement) -> str:
    issuer = assertion.first(SAML, "Issuer")
    return issuer.text.strip() if issuer is not None else ""


def _foreign_issuer(assertion: XmlElement) -> InvalidIdentityToken:
    return InvalidIdentityToken(
        "Issuer not present in specified provider", detail=f"issuer {_issuer_of(assertion)!r}"
    )


def _no_audience(detail: str) -> InvalidIdentityToken:
    return InvalidIdentityToken("Response does not contain the required audience.", detail=detail)


def _confirmation(assertion: XmlElement) -> XmlElement:
    """The one confirmation that there must be, by bearer, with its end and its recipient."""
    subject = assertion.first(SAML, "Subject")
    found = subject.all(SAML, "SubjectConfirmation") if subject is not None else ()
    if len(found) != 1 or found[0].attributes.get("Method") != BEARER:
        raise ResponseInvalid("not exactly one SubjectConfirmation, by bearer")
    data = found[0].first(SAML, "SubjectConfirmationData")
    if data is None or "NotOnOrAfter" not in data.attributes or "Recipient" not in data.attributes:
        raise ResponseInvalid("SubjectConfirmationData without end or recipient")
    return data


def _check_audience(assertion: XmlElement) -> None:
    """Every restriction must let AWS be one of the audiences, and there must be one."""
    restrictions = [
        restriction
        for conditions in assertion.all(SAML, "Conditions")
        for restriction in conditions.all(SAML, "AudienceRestriction")
    ]
    for restriction in restrictions:
        named = [each.text.strip() for each in restriction.all(SAML, "Audience")]
        if not any(each == AUDIENCE or _SIGN_IN.fullmatch(each) for each in named):
            raise _no_audience(f"audiences {named}")
    if not restrictions:
        raise _no_audience("no AudienceRestriction")


def _check_time(assertion: XmlElement, confirmation: XmlElement, now: datetime) -> None:
    """Ends are exact (recorded: an assertion of one minute is refused after it); beginnings have
    the leeway that AWS's other tokens have."""
    issued = _instant(assertion, "IssueInstant")
    if issued is None:
        raise ResponseInvalid("no IssueInstant")
    for element in (confirmation, *assertion.all(SAML, "Conditions")):
        begins, ends = _instant(element, "NotBefore"), _instant(element, "NotOnOrAfter")
        if ends is not None and now >= ends:
            raise ExpiredAssertion.passed(f"NotOnOrAfter {ends}")
        if begins is not None and begins - now > ASSERTION_SKEW:
            raise ResponseInvalid(f"not valid before {begins}")
    if now - issued > ASSERTION_LIFETIME:
        raise ExpiredAssertion.stale(f"issued at {issued}")
    if issued - now > ASSERTION_SKEW:
        raise ResponseInvalid(f"issued at {issued}, in the future")


def _earliest_end(assertion: XmlElement) -> datetime | None:
    statements = assertion.all(SAML, "AuthnStatement")
    ends = [_instant(statement, "SessionNotOnOrAfter") for statement in statements]
    return min((end for end in ends if end is not None), default=None)


def _instant(element: XmlElement, attribute: str) -> datetime | None:
    """An instant in UTC, as SAML Core 1.3.3 wants it; None if there is none."""
    text = element.attributes.get(attribute)
    if text is None:
        return None
    parts = _INSTANT.fullmatch(text.strip())
    try:
        if parts is None:
            raise ValueError(text)
        year, month, day, hour, minute, second = (int(part) for part in parts.groups()[:6])
        fraction = timedelta(microseconds=int((parts[7] or "").ljust(6, "0")[:6]))
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC) + fraction
    except ValueError:
        raise ResponseInvalid(f"{attribute} is no instant") from None


def _attributes(assertion: XmlElement) -> dict[str, tuple[str, ...]]:
    """The values by name; an attribute that comes twice has the values of both."""
    found: dict[str, tuple[str, ...]] = {}
    for statement in assertion.all(SAML, "AttributeStatement"):
        for attribute in statement.all(SAML, "Attribute"):
            values = tuple(
                "".join(each.text for each in value.walk()).strip()
                for value in attribute.all(SAML, "AttributeValue")
            )
            called = attribute.attributes.get("Name", "")
            found[called] = found.get(called, ()) + values
    return found
