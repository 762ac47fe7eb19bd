"""XML signatures of SAML documents: parse what strangers send, verify it, sign our own.

The one file that knows lxml and signxml; import it when a document has come. Only what a signature
covers is given back. Source: SAML 2.0 Core, section 5.4 (what a signature may look like); "XML
Signature Best Practices" (W3C).
"""

from collections.abc import Iterable, Iterator

from cryptography import x509
from cryptography.exceptions import InvalidSignature as KeyRefused
from cryptography.exceptions import UnsupportedAlgorithm
from lxml import etree
from signxml.algorithms import (
    CanonicalizationMethod,
    DigestAlgorithm,
    SignatureConstructionMethod,
    SignatureMethod,
)
from signxml.exceptions import SignXMLException
from signxml.signer import XMLSigner
from signxml.verifier import SignatureConfiguration, VerifyResult, XMLVerifier

from imds_sim.kernel.secret import Secret
from imds_sim.sts.errors import StsError
from imds_sim.sts.federation.xml_element import DSIG, SAML, XmlElement, name

_SIGNATURE = name(DSIG, "Signature")
_ASSERTION = name(SAML, "Assertion")
_ENVELOPED = SignatureConstructionMethod.enveloped.value
_EXCLUSIVE = CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0
_TRANSFORMS = frozenset({_ENVELOPED, _EXCLUSIVE.value, f"{_EXCLUSIVE.value}WithComments"})
_MOST_TRANSFORMS = 2  # enveloped and exclusive canonicalization, no more: SAML Core, 5.4.4
_IDS = frozenset({"id", "Id", "ID", "{http://www.w3.org/XML/1998/namespace}id"})

_METHODS = frozenset(
    method
    for method in SignatureMethod
    if "SHA1" not in method.name and not method.name.startswith(("HMAC_", "DSA_"))
)
_DIGESTS = frozenset(each for each in DigestAlgorithm if each is not DigestAlgorithm.SHA1)

# Whatever a hostile signature makes the library and its own libraries say.
# What the libraries may raise over hostile XML: their own errors, and Python's from within them.
_FAILURES = (
    SignXMLException,
    KeyRefused,
    UnsupportedAlgorithm,
    etree.LxmlError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    NotImplementedError,
    OverflowError,
)


class XmlRefused(StsError):
    """A text that is no XML, or XML of a kind that is never read: with a DTD, with comments."""


class SignatureRefused(StsError):
    """No signature that covers what is said, or not one of the provider's."""


def read_xml(document: bytes, *, comments: bool = False) -> XmlElement:
    """The root of a document whose sender nobody knows yet. Raises XmlRefused.

    No DTD, and so no entities; nothing is fetched; UTF-8 whatever it declares. Unless `comments`
    are left out silently, none may be there: signatures do not cover them.
    """
    return _plain(_parsed(document, comments=comments))


def verified_assertion(document: bytes, certificates: Iterable[str]) -> XmlElement:
    """The assertion of a response, as signed by the holder of one of the certificates (PEM).

    The response may be signed, or the assertion in it, or both; every signature must hold. Raises
    XmlRefused, SignatureRefused.
    """
    root = _parsed(document)
    assertion = _only_assertion(root)
    signed = [
        (element, signature)
        for element in (root, assertion)
        for signature in element.findall(_SIGNATURE)
    ]
    if not signed:
        raise SignatureRefused("neither the response nor its assertion is signed")
    if len(signed) != len(list(root.iter(_SIGNATURE))) or len({e for e, _ in signed}) < len(signed):
        raise SignatureRefused("a signature where none belongs, or two in one place")
    for element, signature in signed:
        _check_form(element, signature)
    keys = [x509.load_pem_x509_certificate(pem.encode()) for pem in certificates]
    covered = [_verified(root, element, keys) for element, _ in signed][-1]
    found = covered if covered.tag == _ASSERTION else _only_assertion(covered)
    return _plain(found)


def sign(document: bytes, identifier: str, private_key: Secret, certificate: str) -> bytes:
    """The document with a signature (RSA, SHA-256) over the element whose `ID` is `identifier`.

    The signature takes the place of the `ds:Signature` that stands there with `Id="placeholder"`.
    """
    signer = XMLSigner(
        signature_algorithm=SignatureMethod.RSA_SHA256,
        digest_algorithm=DigestAlgorithm.SHA256,
        c14n_algorithm=_EXCLUSIVE,
    )
    signed = signer.sign(
        _parsed(document),
        key=private_key.reveal(),
        cert=certificate,
        reference_uri=f"#{identifier}",
        id_attribute="ID",
    )
    return bytes(etree.tostring(signed))


def _parsed(document: bytes, *, comments: bool = False) -> "etree._Element":
    try:
        text = document.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise XmlRefused("not UTF-8") from None
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise XmlRefused("a document type declaration")
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        load_dtd=False,
        dtd_validation=False,
        no_network=True,
        huge_tree=False,
        remove_comments=comments,
        remove_pis=comments,
    )
    try:
        root = etree.fromstring(text.encode(), parser)
    except (etree.LxmlError, ValueError) as error:
        raise XmlRefused(f"not XML: {error}") from None
    seen: set[str] = set()
    for node in root.iter():
        if not isinstance(node.tag, str):
            raise XmlRefused("a comment, a processing instruction or an entity")
        for key in _IDS.intersection(node.keys()):
            value = str(node.get(key))
            if value in seen:
                raise XmlRefused("two elements with one ID")
            seen.add(value)
    return root


def _only_assertion(root: "etree._Element") -> "etree._Element":
    """The assertion, which stands directly in the response, and no other anywhere."""
    everywhere = list(root.iter(_ASSERTION))
    if len(everywhere) != 1 or everywhere[0].getparent() is not root:
        raise SignatureRefused(
            f"{len(everywhere)} assertions, of which one must be in the response"
        )
    return everywhere[0]


def _check_form(element: "etree._Element", signature: "etree._Element") -> None:
    """Raise SignatureRefused unless the signature is about its parent, and in a plain way."""
    references = list(signature.iter(name(DSIG, "Reference")))
    identifier = element.get("ID")
    if len(references) != 1 or not identifier or references[0].get("URI") != f"#{identifier}":
        raise SignatureRefused("the signature is not about the element that it stands in")
    transforms = [each.get("Algorithm") for each in signature.iter(name(DSIG, "Transform"))]
    if len(transforms) > _MOST_TRANSFORMS or not {_ENVELOPED} <= set(transforms) <= _TRANSFORMS:
        raise SignatureRefused("transforms that an assertion may not have")


def _verified(
    root: "etree._Element", element: "etree._Element", certificates: Iterable[x509.Certificate]
) -> "etree._Element":
    """What the signature in `element` covers, if one of the certificates made it."""
    failure: Exception | None = None
    for result in _attempts(root, element, certificates):
        if isinstance(result, Exception):
            failure = result
            continue
        covered = result.signed_xml
        if covered is None or (covered.tag, covered.get("ID")) != (element.tag, element.get("ID")):
            raise SignatureRefused("the signature covers something else")
        return covered
    told = str(failure).partition("\n")[0] or type(failure).__name__
    raise SignatureRefused(told if failure else "the provider has no certificate")


def _attempts(
    root: "etree._Element", element: "etree._Element", certificates: Iterable[x509.Certificate]
) -> Iterator[VerifyResult | Exception]:
    location = "./" if element is root else f"./{_ASSERTION}/"
    for certificate in certificates:
        configuration = SignatureConfiguration(
            location=location,
            signature_methods=_METHODS,
            digest_algorithms=_DIGESTS,
            ignore_ambiguous_key_info=True,  # the certificate is the provider's, never the sender's
            # IAM takes certificates from metadata as keys: their validity is not asked for.
            verification_time=certificate.not_valid_before_utc,
        )
        try:
            result = XMLVerifier().verify(
                root, x509_cert=certificate, id_attribute="ID", expect_config=configuration
            )
        except _FAILURES as error:
            yield error
        else:
            assert isinstance(result, VerifyResult)  # one reference was asked for
            yield result


def _plain(node: "etree._Element") -> XmlElement:
    children = tuple(_plain(child) for child in node)
    text = (node.text or "") + "".join(child.tail or "" for child in node)
    attributes = {str(key): str(value) for key, value in node.attrib.items()}
    return XmlElement(str(node.tag), attributes, text, children)
