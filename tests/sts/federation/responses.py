"""SAML responses as an identity provider of its own would write them, before and after signing."""

from base64 import b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from xml.sax.saxutils import escape

from imds_sim.iam.entities import SamlProvider
from imds_sim.kernel.clock import ManualClock
from imds_sim.sts.federation.saml_keys import SamlKey
from imds_sim.sts.federation.saml_signature import sign

START = ManualClock().time
ENTITY = "https://idp.example.com/metadata"
ROLE_ARN = "arn:aws:iam::111122223333:role/federated"
PROVIDER_ARN = "arn:aws:iam::111122223333:saml-provider/corp"
SIGN_IN = "https://signin.aws.amazon.com/saml"
PREFIX = "https://aws.amazon.com/SAML/Attributes/"
PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
DSIG = "http://www.w3.org/2000/09/xmldsig#"
PLACE = f'<ds:Signature xmlns:ds="{DSIG}" Id="placeholder"></ds:Signature>'
MINUTE = timedelta(minutes=1)


@cache
def _made(name: str) -> SamlKey:
    return SamlKey.generate(name, START)


def key(name: str = "corp") -> SamlKey:
    """The key of a name, the same in every test."""
    return _made(name)


def provider(*certificates: str, name: str = "corp") -> SamlProvider:
    return SamlProvider("aws", "111122223333", name, ENTITY, certificates or (key().certificate,))


def instant(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def attribute(name: str, *values: str) -> str:
    listed = "".join(
        f"<saml:AttributeValue>{escape(each)}</saml:AttributeValue>" for each in values
    )
    return f'<saml:Attribute Name="{name}">{listed}</saml:Attribute>'


def aws(name: str, *values: str) -> str:
    """An attribute that AWS reads."""
    return attribute(PREFIX + name, *values)


GRANT = aws("Role", f"{ROLE_ARN},{PROVIDER_ARN}")
NAMED = aws("RoleSessionName", "joe")


@dataclass(frozen=True, slots=True)
class Response:
    """A response to the letter; every part may be replaced."""

    issued_at: datetime = START
    not_before: datetime = START - MINUTE
    ends_at: datetime = START + 10 * MINUTE
    confirmed_until: datetime = START + 10 * MINUTE
    issuer: str = ENTITY
    status: str = "urn:oasis:names:tc:SAML:2.0:status:Success"
    name_id: str = f'<saml:NameID Format="{PERSISTENT}">joe@example.com</saml:NameID>'
    recipient: str = SIGN_IN
    audiences: str = "<saml:Audience>urn:amazon:webservices</saml:Audience>"
    statement: str = '<saml:AuthnStatement AuthnInstant="2026-01-02T03:04:05Z"/>'
    attributes: str = GRANT + NAMED
    confirmations: int = 1
    signed: str = "assertion"  # or response, or none

    @property
    def text(self) -> str:
        """Unsigned, with the place of the signature marked."""
        confirmation = (
            '<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">'
            f'<saml:SubjectConfirmationData Recipient="{self.recipient}"'
            f' NotOnOrAfter="{instant(self.confirmed_until)}"/></saml:SubjectConfirmation>'
        )
        audience = f"<saml:AudienceRestriction>{self.audiences}</saml:AudienceRestriction>"
        return (
            '<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"'
            ' xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_response" Version="2.0"'
            f' IssueInstant="{instant(self.issued_at)}" Destination="{SIGN_IN}">'
            f"<saml:Issuer>{self.issuer}</saml:Issuer>"
            f"{PLACE if self.signed == 'response' else ''}"
            f'<samlp:Status><samlp:StatusCode Value="{self.status}"/></samlp:Status>\n'
            f'  <saml:Assertion ID="_assertion" IssueInstant="{instant(self.issued_at)}"'
            f' Version="2.0"><saml:Issuer>{self.issuer}</saml:Issuer>'
            f"{PLACE if self.signed == 'assertion' else ''}"
            f"<saml:Subject>{self.name_id}{confirmation * self.confirmations}</saml:Subject>"
            f'<saml:Conditions NotBefore="{instant(self.not_before)}"'
            f' NotOnOrAfter="{instant(self.ends_at)}">{audience if self.audiences else ""}'
            f"</saml:Conditions>{self.statement}"
            f"<saml:AttributeStatement>{self.attributes}</saml:AttributeStatement>"
            "</saml:Assertion></samlp:Response>"
        )

    def document(self, by: SamlKey | None = None) -> bytes:
        """Signed, unless nothing is to be."""
        if self.signed == "none":
            return self.text.encode()
        signer = by or key()
        return sign(self.text.encode(), f"_{self.signed}", signer.private_key, signer.certificate)

    def encoded(self, by: SamlKey | None = None) -> str:
        return encoded(self.document(by))


def encoded(document: bytes | str) -> str:
    """As `SAMLAssertion` takes it."""
    return b64encode(document.encode() if isinstance(document, str) else document).decode()
