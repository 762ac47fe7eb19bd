"""Only what a provider has signed counts, whatever stands around it."""

import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from hypothesis import given, settings
from hypothesis import strategies as st

from imds_sim.sts.federation.saml_signature import (
    SignatureRefused,
    XmlRefused,
    read_xml,
    sign,
    verified_assertion,
)
from imds_sim.sts.federation.xml_element import SAML, XmlElement
from tests.sts.federation.responses import DSIG, PLACE, START, Response, key

CORP, EVIL = key().certificate, key("evil").certificate
SIGNED = Response().document().decode()
BY_RESPONSE = Response(signed="response").document().decode()
ASSERTION = re.compile(r"<saml:Assertion .*</saml:Assertion>", re.DOTALL)
SIGNATURE = re.compile(r"<ds:Signature .*?</ds:Signature>", re.DOTALL)
FORGED = (
    '<saml:Assertion ID="_forged"><saml:Subject><saml:NameID>root</saml:NameID></saml:Subject>'
    "</saml:Assertion>"
)
# xmldsig-core-schema: what xmlsec1 fills in.
TEMPLATE = (
    '<ds:Signature xmlns:ds="{dsig}"><ds:SignedInfo><ds:CanonicalizationMethod'
    ' Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/>'
    '<ds:SignatureMethod Algorithm="{method}"/>'
    '<ds:Reference URI="#_{signed}"><ds:Transforms><ds:Transform'
    ' Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/><ds:Transform'
    ' Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/></ds:Transforms><ds:DigestMethod'
    ' Algorithm="{digest}"/><ds:DigestValue/></ds:Reference></ds:SignedInfo><ds:SignatureValue/>'
    "<ds:KeyInfo><ds:X509Data/></ds:KeyInfo></ds:Signature>"
)
RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
SHA_256 = "http://www.w3.org/2001/04/xmlenc#sha256"
IDS = (
    *("--id-attr:ID", "urn:oasis:names:tc:SAML:2.0:assertion:Assertion"),
    *("--id-attr:ID", "urn:oasis:names:tc:SAML:2.0:protocol:Response"),
)


def name_in(assertion: XmlElement) -> str:
    subject = assertion.first(SAML, "Subject")
    assert subject is not None
    name_id = subject.first(SAML, "NameID")
    assert name_id is not None
    return name_id.text


def xmlsec(folder: Path, *argv: str) -> subprocess.CompletedProcess[str]:
    if shutil.which("xmlsec1") is None:
        pytest.skip("xmlsec1 is not installed")
    (folder / "key.pem").write_text(key().private_key.reveal())
    (folder / "certificate.pem").write_text(CORP)
    return subprocess.run(
        ["xmlsec1", *argv], cwd=folder, capture_output=True, text=True, check=False
    )


def signed_by_xmlsec(
    folder: Path,
    signed: str,
    method: str = RSA_SHA256,
    digest: str = SHA_256,
    response: Response = Response(),  # noqa: B008 - a value
    template: str = TEMPLATE,
) -> bytes:
    template = template.format(dsig=DSIG, method=method, digest=digest, signed=signed)
    text = replace(response, signed=signed).text.replace(PLACE, template)
    (folder / "template.xml").write_text(text)
    pair = ("--privkey-pem", "key.pem,certificate.pem")
    done = xmlsec(folder, "--sign", *pair, *IDS, "--output", "signed.xml", "template.xml")
    assert done.returncode == 0, done.stderr
    return (folder / "signed.xml").read_bytes()


@pytest.mark.parametrize("signed", ["assertion", "response"])
def test_what_is_signed_is_given_back(signed: str) -> None:
    assertion = verified_assertion(Response(signed=signed).document(), [CORP])
    assert (assertion.attributes["ID"], name_in(assertion)) == ("_assertion", "joe@example.com")


@pytest.mark.parametrize("signed", ["assertion", "response"])
def test_xmlsec_is_believed(tmp_path: Path, signed: str) -> None:
    assertion = verified_assertion(signed_by_xmlsec(tmp_path, signed), [CORP])
    assert name_in(assertion) == "joe@example.com"


def test_typed_values_with_their_prefixes_are_believed(tmp_path: Path) -> None:
    """OpenSAML and ADFS write them so."""
    typed = (
        '<saml:Attribute Name="a"><saml:AttributeValue xmlns:xs="http://www.w3.org/2001/XMLSchema"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="xs:string">x'
        "</saml:AttributeValue></saml:Attribute>"
    )
    template = TEMPLATE.replace(
        'xml-exc-c14n#"/></ds:Transforms>',
        'xml-exc-c14n#"><ec:InclusiveNamespaces PrefixList="xs"'
        ' xmlns:ec="http://www.w3.org/2001/10/xml-exc-c14n#"/></ds:Transform></ds:Transforms>',
    )
    assert template != TEMPLATE
    response = Response(attributes=Response().attributes + typed)
    document = signed_by_xmlsec(tmp_path, "assertion", response=response, template=template)
    assert verified_assertion(document, [CORP]).attributes["ID"] == "_assertion"


@pytest.mark.parametrize("signed", ["assertion", "response"])
def test_xmlsec_believes_ours(tmp_path: Path, signed: str) -> None:
    (tmp_path / "ours.xml").write_bytes(Response(signed=signed).document())
    trusted = ("--pubkey-cert-pem", "certificate.pem")
    done = xmlsec(tmp_path, "--verify", *trusted, *IDS, "ours.xml")
    assert (done.returncode, "OK" in done.stdout + done.stderr) == (0, True), done.stderr


@pytest.mark.parametrize(
    ("method", "digest"),
    [
        ("http://www.w3.org/2000/09/xmldsig#rsa-sha1", SHA_256),
        (RSA_SHA256, "http://www.w3.org/2000/09/xmldsig#sha1"),
    ],
)
def test_sha_1_is_refused(tmp_path: Path, method: str, digest: str) -> None:
    document = signed_by_xmlsec(tmp_path, "assertion", method, digest)
    with pytest.raises(SignatureRefused, match="SHA1"):
        verified_assertion(document, [CORP])


def test_each_certificate_of_the_provider_is_tried() -> None:
    assert verified_assertion(SIGNED.encode(), [EVIL, CORP]).attributes["ID"] == "_assertion"
    for others in ([EVIL], []):
        with pytest.raises(SignatureRefused):
            verified_assertion(SIGNED.encode(), others)


def test_a_key_in_the_response_is_not_believed() -> None:
    with pytest.raises(SignatureRefused):
        verified_assertion(Response().document(by=key("evil")), [CORP])


def test_an_elliptic_key_and_an_expired_certificate_count() -> None:
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "old")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(1)
        .not_valid_before(START.replace(year=2001))
        .not_valid_after(START.replace(year=2002))
        .sign(private, SHA256())
        .public_bytes(Encoding.PEM)
        .decode()
    )
    from signxml.algorithms import CanonicalizationMethod, SignatureMethod
    from signxml.signer import XMLSigner

    signer = XMLSigner(
        signature_algorithm=SignatureMethod.ECDSA_SHA256,
        c14n_algorithm=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0,
    )
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    from lxml import etree

    signed = signer.sign(
        etree.fromstring(Response().text.encode()), key=pem, cert=certificate,
        reference_uri="#_assertion", id_attribute="ID",
    )  # fmt: skip
    assert verified_assertion(etree.tostring(signed), [certificate]).attributes["ID"]


def wrapped() -> str:
    """The signed assertion hidden in an extension, a forged one in its place."""
    good = ASSERTION.search(SIGNED)
    assert good
    hidden = f"<samlp:Extensions>{good[0]}</samlp:Extensions>"
    return SIGNED.replace(good[0], FORGED).replace("<samlp:Status>", f"{hidden}<samlp:Status>")


def inside() -> str:
    """The signed assertion inside the signature of a forged one that takes its place."""
    good = ASSERTION.search(SIGNED)
    signature = SIGNATURE.search(SIGNED)
    assert good
    assert signature
    bare = good[0].replace(signature[0], "")
    holding = signature[0].replace(
        "</ds:Signature>", f"<ds:Object>{bare}</ds:Object></ds:Signature>"
    )
    return SIGNED.replace(good[0], FORGED.replace("<saml:Subject>", f"{holding}<saml:Subject>"))


def signature_of(document: str) -> str:
    found = SIGNATURE.search(document)
    assert found
    return found[0]


def moved() -> str:
    """The signature of the assertion where that of the response belongs."""
    signature = signature_of(SIGNED)
    return SIGNED.replace(signature, "").replace("<samlp:Status>", f"{signature}<samlp:Status>")


@pytest.mark.parametrize(
    "document",
    [
        pytest.param(Response(signed="none").text, id="no signature"),
        pytest.param(Response().text, id="an empty signature"),
        pytest.param(wrapped(), id="wrapped in an extension"),
        pytest.param(inside(), id="wrapped in the signature"),
        pytest.param(
            SIGNED.replace("</samlp:Response>", FORGED + "</samlp:Response>"), id="one after it"
        ),
        pytest.param(
            SIGNED.replace("  <saml:Assertion", FORGED + "<saml:Assertion"), id="one before it"
        ),
        pytest.param(moved(), id="the signature moved"),
        pytest.param(
            SIGNED.replace(signature_of(SIGNED), signature_of(SIGNED) * 2), id="two signatures"
        ),
        pytest.param(
            SIGNED.replace("<samlp:Status>", signature_of(BY_RESPONSE) + "<samlp:Status>"),
            id="a good one and a bad one",
        ),
        pytest.param(SIGNED.replace("joe@example.com", "root"), id="another name"),
        pytest.param(SIGNED.replace(">joe<", ">root<"), id="another session name"),
        pytest.param(BY_RESPONSE.replace(">joe<", ">root<"), id="the same in a signed response"),
        pytest.param(SIGNED.replace('URI="#_assertion"', 'URI=""'), id="about the document"),
        pytest.param(SIGNED.replace('URI="#_assertion"', ""), id="about nothing"),
        pytest.param(
            SIGNED.replace("</ds:Transforms>", "<ds:Transform Algorithm='x'/></ds:Transforms>"),
            id="a transform too many",
        ),
        pytest.param(
            SIGNED.replace(
                "http://www.w3.org/2001/10/xml-exc-c14n#",
                "http://www.w3.org/TR/1999/REC-xslt-19991116",
            ),
            id="a stylesheet",
        ),
        pytest.param(SIGNED.replace("rsa-sha256", "hmac-sha256"), id="a shared secret"),
        pytest.param(
            re.sub(r"(<ds:SignatureValue>).*?(<)", r"\1!\2", SIGNED, flags=re.DOTALL),
            id="no base64",
        ),
        pytest.param(
            re.sub(r"<ds:DigestValue>.*?</ds:DigestValue>", "<ds:DigestValue/>", SIGNED),
            id="no digest",
        ),
        pytest.param(
            re.sub(r"<ds:SignedInfo>.*</ds:SignedInfo>", "", SIGNED, flags=re.DOTALL),
            id="nothing signed",
        ),
        pytest.param(SIGNED.replace("saml:Assertion", "saml:Advice"), id="no assertion"),
        pytest.param(f"<a>{SIGNED}</a>", id="a response in something"),
    ],
)
def test_nothing_else_is_believed(document: str) -> None:
    with pytest.raises(SignatureRefused):
        verified_assertion(document.encode(), [CORP])


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))


@pytest.mark.parametrize(
    "document",
    [
        pytest.param(f'<!DOCTYPE a [<!ENTITY l0 "ha">{LAUGHS}]><a>&l11;</a>', id="billion laughs"),
        pytest.param(
            f'<!DOCTYPE a [<!ENTITY e "{"a" * 40_000}">]><a>{"&e;" * 10_000}</a>', id="quadratic"
        ),
        pytest.param(f'<!DOCTYPE a [<!ENTITY l0 "ha">{LAUGHS}]><a b="&l11;"/>', id="in attributes"),
        pytest.param(
            '<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>', id="a file"
        ),
        pytest.param('<!DOCTYPE a SYSTEM "http://127.0.0.1:9/x.dtd"><a/>', id="a remote DTD"),
        pytest.param(
            '<!DOCTYPE a [<!ENTITY % e SYSTEM "http://127.0.0.1:9/e">%e;]><a/>', id="parameters"
        ),
        pytest.param("<a>&undefined;</a>", id="an entity of no DTD"),
        pytest.param("<a>" * 20_000, id="depth"),
        pytest.param("<a>" * 20_000 + "</a>" * 20_000, id="depth that ends"),
        pytest.param("<a><!-- x --></a>", id="a comment"),
        pytest.param("<a><?php x ?></a>", id="a processing instruction"),
        pytest.param('<a ID="1"><b ID="1"/></a>', id="one ID twice"),
        pytest.param('<a ID="1"><b xml:id="1"/></a>', id="one ID in two ways"),
        pytest.param('<a b="1" b="2"/>', id="one attribute twice"),
        pytest.param("<a/><b/>", id="two roots"),
        pytest.param("", id="nothing"),
        pytest.param("no XML", id="text"),
    ],
)
def test_what_is_no_plain_xml_is_not_read(document: str) -> None:
    with pytest.raises(XmlRefused):
        read_xml(document.encode())


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-7", "cp037"])
def test_a_dtd_cannot_hide_behind_an_encoding(encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>'
    with pytest.raises(XmlRefused):
        read_xml(text.encode(encoding))


def test_a_comment_in_a_name_cannot_shorten_it() -> None:
    signed = (
        Response(name_id="<saml:NameID>joe@example.com.evil.org</saml:NameID>").document().decode()
    )
    split = signed.replace("joe@example.com.evil", "joe@example.com<!-- -->.evil")
    with pytest.raises(XmlRefused, match="comment"):
        verified_assertion(split.encode(), [CORP])


def test_text_around_elements_is_joined() -> None:
    read = read_xml(b"<a>one<b>x</b>two<c/>three</a>")
    assert (read.text, [child.tag for child in read.children]) == ("onetwothree", ["b", "c"])


def test_many_transforms_and_references_are_refused_before_any_is_done() -> None:
    transform = "<ds:Transform Algorithm='http://www.w3.org/2001/10/xml-exc-c14n#'/>"
    many = SIGNED.replace("</ds:Transforms>", transform * 800 + "</ds:Transforms>")
    with pytest.raises(SignatureRefused, match="transforms"):
        verified_assertion(many.encode(), [CORP])
    found = re.search(r"<ds:Reference .*?</ds:Reference>", SIGNED, re.DOTALL)
    assert found
    with pytest.raises(SignatureRefused):
        verified_assertion(SIGNED.replace(found[0], found[0] * 100).encode(), [CORP])


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_a_changed_response_is_refused_or_says_the_same(data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(SIGNED) - 1))
    put = data.draw(
        st.sampled_from(["", "<", ">", "&", '"', "x", "\0", "<!---->", "/", " ", "=", "A"])
    )
    cut = data.draw(st.integers(0, 40))
    changed = SIGNED[:place] + put + SIGNED[place + cut :]
    try:
        assertion = verified_assertion(changed.encode(), [CORP])
    except (XmlRefused, SignatureRefused):
        return
    assert assertion == verified_assertion(SIGNED.encode(), [CORP])


def test_signing_leaves_the_rest_as_it_is() -> None:
    signed = sign(Response().text.encode(), "_assertion", key().private_key, CORP).decode()
    assert SIGNATURE.sub("", signed) == Response().text.replace(PLACE, "")
