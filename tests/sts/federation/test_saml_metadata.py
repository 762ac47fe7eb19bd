"""The metadata of an identity provider, good and bad."""

import re

import pytest

from imds_sim.kernel.clock import ManualClock
from imds_sim.kernel.entropy import SeededEntropy
from imds_sim.sts.federation.saml_identity_provider import SamlIdentityProvider
from imds_sim.sts.federation.saml_metadata import MetadataInvalid, read_metadata
from tests.sts.federation.responses import ENTITY, key, provider

GOOD = SamlIdentityProvider(provider(), key(), ManualClock(), SeededEntropy(1)).metadata()
CERTIFICATE = re.compile(r"<ds:X509Certificate>(.*?)</ds:X509Certificate>")
KEY = re.compile(r"<md:KeyDescriptor.*?</md:KeyDescriptor>", re.DOTALL)


def descriptor(name: str, use: str | None = "signing") -> str:
    found = KEY.search(GOOD)
    assert found
    der = "".join(key(name).certificate.splitlines()[1:-1])
    written = CERTIFICATE.sub(f"<ds:X509Certificate>{der}</ds:X509Certificate>", found[0])
    return written.replace(' use="signing"', f' use="{use}"' if use else "")


def test_our_own_is_read_back() -> None:
    read = read_metadata(GOOD.encode())
    assert (read.entity_id, read.certificates) == (ENTITY, (key().certificate,))


def test_every_certificate_for_signing_counts_once() -> None:
    several = descriptor("b", None) + descriptor("c", "encryption") + descriptor("corp")
    read = read_metadata(GOOD.replace("<md:NameIDF", several + "<md:NameIDF", 1).encode())
    assert read.certificates == (key().certificate, key("b").certificate)


def test_comments_white_space_and_a_byte_order_mark_are_left_out() -> None:
    certificate = CERTIFICATE.search(GOOD)
    assert certificate
    folded = "\n      ".join(re.findall(".{1,64}", certificate[1]))
    text = GOOD.replace(certificate[1], f"\n{folded}\n").replace(
        "<md:IDP", "<!-- by hand --><md:IDP", 1
    )
    assert read_metadata(text.encode("utf-8-sig")).certificates == (key().certificate,)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no metadata: not XML"),
        ("<a/>", "the document is a a, not an EntityDescriptor"),
        (GOOD.replace("?>", "?><!DOCTYPE x>", 1), "no metadata: a document type declaration"),
        (GOOD.replace("md:EntityDescriptor", "md:EntitiesDescriptor"), "EntitiesDescriptor"),
        (GOOD.replace(f'entityID="{ENTITY}"', ""), "has no entityID"),
        (GOOD.replace("IDPSSO", "SPSSO"), "no IDPSSODescriptor"),
        (GOOD.replace('"urn:oasis:names:tc:SAML:2.0:protocol"', '"x"'), "no IDPSSODescriptor"),
        (KEY.sub("", GOOD), "no certificate for signing"),
        (GOOD.replace('"signing"', '"encryption"'), "no certificate for signing"),
        (CERTIFICATE.sub("<ds:X509Certificate>AAAA</ds:X509Certificate>", GOOD), "it is none"),
        (CERTIFICATE.sub("<ds:X509Certificate>é</ds:X509Certificate>", GOOD), "it is none"),
    ],
)
def test_what_is_wrong_is_told(text: str, message: str) -> None:
    with pytest.raises(MetadataInvalid, match=message):
        read_metadata(text.encode())


@pytest.mark.parametrize(("count", "accepted"), [(10, True), (11, False)])
def test_there_are_at_most_ten_certificates(count: int, accepted: bool) -> None:
    several = "".join(descriptor(str(number)) for number in range(count - 1))
    text = GOOD.replace("<md:NameIDF", several + "<md:NameIDF", 1).encode()
    if accepted:
        assert len(read_metadata(text).certificates) == count
    else:
        with pytest.raises(MetadataInvalid, match="more than 10"):
            read_metadata(text)
