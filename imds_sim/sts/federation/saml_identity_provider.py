"""An identity provider that is built in: signed responses and metadata, as AWS wants them.

Source: IAM User Guide, "Configure SAML assertions for the authentication response"; SAML 2.0 Core
and Metadata for the form.
"""

import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from imds_sim.iam.entities import SamlProvider
from imds_sim.kernel.clock import Clock
from imds_sim.kernel.entropy import Entropy
from imds_sim.kernel.secret import Secret
from imds_sim.kernel.timestamps import iso_seconds
from imds_sim.sts.errors import StsError
from imds_sim.sts.federation import saml_attributes
from imds_sim.sts.federation.saml import AUDIENCE, BEARER, RECIPIENT, SUCCESS
from imds_sim.sts.federation.xml_element import DSIG, METADATA, PROTOCOL, SAML

if TYPE_CHECKING:
    from imds_sim.sts.federation.saml_keys import SamlKey

PERSISTENT = f"{saml_attributes.NAME_FORMATS}persistent"
DEFAULT_LIFETIME = timedelta(minutes=5)
_PLACEHOLDER = f'<ds:Signature xmlns:ds="{DSIG}" Id="placeholder"></ds:Signature>'
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, 2.2


class AssertionNotPossible(StsError):
    """What is to be asserted cannot be written."""


class Signed(StrEnum):
    """What of a response is signed."""

    ASSERTION = "assertion"
    RESPONSE = "response"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class AssertionRequest:
    """What is to be asserted. Nothing is checked: what AWS would refuse can be made too.

    `roles` are ARNs, `attributes` further ones by their whole names. `duration` is that of the
    session, `lifetime` that of the assertion.
    """

    roles: tuple[str, ...]
    role_session_name: str
    subject: str | None = None
    name_format: str = PERSISTENT
    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    transitive_tag_keys: tuple[str, ...] = ()
    duration: timedelta | None = None
    source_identity: str | None = None
    recipient: str = RECIPIENT
    audience: str = AUDIENCE
    lifetime: timedelta = DEFAULT_LIFETIME
    signed: Signed = Signed.ASSERTION


@dataclass(frozen=True, slots=True)
class SamlIdentityProvider:
    """Speaks for one built-in provider."""

    provider: SamlProvider
    key: "SamlKey"
    clock: Clock
    entropy: Entropy = field(repr=False)

    def response(self, request: AssertionRequest) -> Secret:
        """A signed response in base64, as `SAMLAssertion` takes it. Raises AssertionNotPossible."""
        return Secret(b64encode(self._signed(request)).decode())

    def metadata(self) -> str:
        """The metadata document, as IAM takes it for a provider."""
        certificate = "".join(self.key.certificate.splitlines()[1:-1])
        place = quoteattr(f"{self.provider.entity_id}/sso")
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f'<md:EntityDescriptor xmlns:md="{METADATA}"'
            f" entityID={quoteattr(self.provider.entity_id)}>\n"
            '  <md:IDPSSODescriptor WantAuthnRequestsSigned="false"'
            f' protocolSupportEnumeration="{PROTOCOL}">\n'
            f'    <md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="{DSIG}"><ds:X509Data>'
            f"<ds:X509Certificate>{certificate}</ds:X509Certificate>"
            "</ds:X509Data></ds:KeyInfo></md:KeyDescriptor>\n"
            f"    <md:NameIDFormat>{PERSISTENT}</md:NameIDFormat>\n"
            '    <md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"'
            f" Location={place}/>\n"
            "  </md:IDPSSODescriptor>\n"
            "</md:EntityDescriptor>\n"
        )

    def _signed(self, request: AssertionRequest) -> bytes:
        from imds_sim.sts.federation.saml_signature import sign

        chance = self.entropy.bytes(32, f"saml assertion of {self.provider.arn}").hex()
        response_id, assertion_id = f"_{chance[:32]}", f"_{chance[32:]}"
        written = self._written(request, response_id, assertion_id).encode()
        if request.signed is not Signed.RESPONSE:
            written = sign(written, assertion_id, self.key.private_key, self.key.certificate)
        if request.signed is not Signed.ASSERTION:
            # Only now the place of its own: the first signature must not see another placeholder.
            marked = written.replace(b"<samlp:Status>", f"{_PLACEHOLDER}<samlp:Status>".encode(), 1)
            written = sign(marked, response_id, self.key.private_key, self.key.certificate)
        return written

    def _written(self, request: AssertionRequest, response_id: str, assertion_id: str) -> str:
        now = self.clock.now()
        issued, ends = iso_seconds(now), iso_seconds(now + request.lifetime)
        recipient = _attribute(request.recipient)
        issuer = f"<saml:Issuer>{_text(self.provider.entity_id)}</saml:Issuer>"
        subject = request.role_session_name if request.subject is None else request.subject
        place = "" if request.signed is Signed.RESPONSE else _PLACEHOLDER
        return (
            f'<samlp:Response xmlns:samlp="{PROTOCOL}" xmlns:saml="{SAML}" ID="{response_id}"'
            f' Version="2.0" IssueInstant="{issued}" Destination={recipient}>{issuer}'
            f'<samlp:Status><samlp:StatusCode Value="{SUCCESS}"/></samlp:Status>'
            f'<saml:Assertion ID="{assertion_id}" Version="2.0" IssueInstant="{issued}">{issuer}'
            f"{place}<saml:Subject>"
            f"<saml:NameID Format={_attribute(request.name_format)}>{_text(subject)}</saml:NameID>"
            f'<saml:SubjectConfirmation Method="{BEARER}"><saml:SubjectConfirmationData'
            f' NotOnOrAfter="{ends}" Recipient={recipient}/></saml:SubjectConfirmation>'
            f'</saml:Subject><saml:Conditions NotBefore="{issued}" NotOnOrAfter="{ends}">'
            f"<saml:AudienceRestriction><saml:Audience>{_text(request.audience)}</saml:Audience>"
            "</saml:AudienceRestriction></saml:Conditions>"
            f'<saml:AuthnStatement AuthnInstant="{issued}"><saml:AuthnContext>'
            "<saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified"
            "</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>"
            f"<saml:AttributeStatement>{''.join(self._attributes(request))}"
            "</saml:AttributeStatement></saml:Assertion></samlp:Response>"
        )

    def _attributes(self, request: AssertionRequest) -> Iterator[str]:
        pairs = tuple(f"{role},{self.provider.arn}" for role in request.roles)
        yield _written_attribute(saml_attributes.ROLE, pairs)
        yield _written_attribute(saml_attributes.SESSION_NAME, (request.role_session_name,))
        if request.duration is not None:
            seconds = str(request.duration // timedelta(seconds=1))
            yield _written_attribute(saml_attributes.SESSION_DURATION, (seconds,))
        if request.source_identity is not None:
            yield _written_attribute(
                saml_attributes.SOURCE_IDENTITY_NAME, (request.source_identity,)
            )
        for key, value in request.tags.items():
            yield _written_attribute(f"{saml_attributes.PRINCIPAL_TAG}{key}", (value,))
        if request.transitive_tag_keys:
            yield _written_attribute(
                saml_attributes.TRANSITIVE_TAG_KEYS, request.transitive_tag_keys
            )
        for name, values in request.attributes.items():
            yield _written_attribute(name, values)

    def expires_at(self, request: AssertionRequest) -> datetime:
        """When a response made now can no longer be used."""
        return self.clock.now() + min(request.lifetime, DEFAULT_LIFETIME)


def _written_attribute(name: str, values: tuple[str, ...]) -> str:
    written = "".join(
        f"<saml:AttributeValue>{_text(value)}</saml:AttributeValue>" for value in values
    )
    return f"<saml:Attribute Name={_attribute(name)}>{written}</saml:Attribute>"


def _text(text: str) -> str:
    return escape(_writable(text), {"\r": "&#xD;"})


def _attribute(text: str) -> str:
    return quoteattr(_writable(text), {"\r": "&#xD;"})


def _writable(text: str) -> str:
    if bad := _FORBIDDEN.search(text):
        raise AssertionNotPossible(f"U+{ord(bad[0]):04X} cannot stand in XML")
    return text
