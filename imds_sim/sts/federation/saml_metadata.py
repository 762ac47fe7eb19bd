"""The metadata of an identity provider: who it is, and by which certificates it signs.

Source: SAML 2.0 Metadata; IAM User Guide, "Create a SAML identity provider in IAM". Loads lxml.
"""

import re
from base64 import b64decode
from dataclasses import dataclass

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from imds_sim.sts.errors import StsError
from imds_sim.sts.federation.saml_signature import XmlRefused, read_xml
from imds_sim.sts.federation.xml_element import DSIG, METADATA, PROTOCOL, XmlElement, name

MAX_CERTIFICATES = 10  # each is tried for each signature
MIN_RSA_BITS = 1024
_SPACES = re.compile(r"\s+")


class MetadataInvalid(StsError):
    """No metadata of an identity provider, in words for whoever wrote the configuration."""


@dataclass(frozen=True, slots=True)
class SamlMetadata:
    """What counts of a metadata document; `certificates` are PEM, in order."""

    entity_id: str
    certificates: tuple[str, ...]


def read_metadata(document: bytes) -> SamlMetadata:
    """Read a metadata document. Raises MetadataInvalid."""
    try:
        root = read_xml(document, comments=True)
    except XmlRefused as refused:
        raise MetadataInvalid(f"no metadata: {refused}") from None
    if root.tag != name(METADATA, "EntityDescriptor"):
        local = root.tag.rpartition("}")[2]
        raise MetadataInvalid(f"the document is a {local}, not an EntityDescriptor")
    entity_id = root.attributes.get("entityID", "").strip()
    if not entity_id:
        raise MetadataInvalid("the EntityDescriptor has no entityID")
    descriptors = [
        each
        for each in root.all(METADATA, "IDPSSODescriptor")
        if PROTOCOL in each.attributes.get("protocolSupportEnumeration", "").split()
    ]
    if not descriptors:
        raise MetadataInvalid("there is no IDPSSODescriptor for SAML 2.0 in it")
    texts = dict.fromkeys(
        _SPACES.sub("", text) for each in descriptors for text in _signing_certificates(each)
    )
    if not texts:
        raise MetadataInvalid("there is no certificate for signing in it")
    if len(texts) > MAX_CERTIFICATES:
        raise MetadataInvalid(f"there are more than {MAX_CERTIFICATES} certificates in it")
    return SamlMetadata(entity_id, tuple(_pem(text) for text in texts))


def _signing_certificates(descriptor: XmlElement) -> list[str]:
    """Those for signing, and those whose use is not told."""
    return [
        each.text
        for key in descriptor.all(METADATA, "KeyDescriptor")
        if key.attributes.get("use", "signing") == "signing"
        for each in key.walk()
        if each.tag == name(DSIG, "X509Certificate")
    ]


def _pem(text: str) -> str:
    try:
        certificate = x509.load_der_x509_certificate(b64decode(text, validate=True))
        key = certificate.public_key()
    except (ValueError, UnsupportedAlgorithm):
        raise MetadataInvalid("an X509Certificate in it is none") from None
    if not isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
        raise MetadataInvalid("a certificate in it is neither of an RSA nor of an EC key")
    if isinstance(key, rsa.RSAPublicKey) and key.key_size < MIN_RSA_BITS:
        raise MetadataInvalid(f"a certificate in it has a key of {key.key_size} bits")
    return certificate.public_bytes(Encoding.PEM).decode()
