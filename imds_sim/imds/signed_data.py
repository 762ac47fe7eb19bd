"""CMS SignedData as `pkcs7` and its kin have it: content inside, the certificate left out.

Source: RFC 5652; which encoding, attributes and algorithms, from a recorded `pkcs7` of 2019. There
the four outer layers have the indefinite length of BER, everything inside the definite one of DER.
"""

from datetime import datetime
from hashlib import new as new_hash

from asn1crypto import algos, cms, core
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding

from imds_sim.imds.identity_keys import IdentityKey

_SEQUENCE, _CONTEXT_0, _OCTETS = 0x30, 0xA0, 0x24  # constructed, all three


def signed_data(content: bytes, signer: IdentityKey, digest: str, signed_at: datetime) -> bytes:
    """The container in BER. `digest` is `sha1` or `sha256`; `signed_at` stands in it."""
    digest_algorithm = algos.DigestAlgorithm({"algorithm": digest, "parameters": core.Null()})
    signer_info = _signer_info(content, signer, digest, digest_algorithm, signed_at)
    content_info = _indefinite(
        _SEQUENCE,
        core.ObjectIdentifier("1.2.840.113549.1.7.1").dump(),  # data
        _indefinite(_CONTEXT_0, _indefinite(_OCTETS, core.OctetString(content).dump())),
    )
    inner = _indefinite(
        _SEQUENCE,
        core.Integer(1).dump(),
        cms.DigestAlgorithms([digest_algorithm]).dump(),
        content_info,
        cms.SignerInfos([signer_info]).dump(),
    )
    return _indefinite(
        _SEQUENCE,
        core.ObjectIdentifier("1.2.840.113549.1.7.2").dump(),  # signedData
        _indefinite(_CONTEXT_0, inner),
    )


def _signer_info(
    content: bytes,
    signer: IdentityKey,
    digest: str,
    digest_algorithm: algos.DigestAlgorithm,
    signed_at: datetime,
) -> cms.SignerInfo:
    attributes = cms.CMSAttributes(
        [
            {"type": "content_type", "values": ["data"]},
            {"type": "signing_time", "values": [cms.Time({"utc_time": signed_at})]},
            {"type": "message_digest", "values": [new_hash(digest, content).digest()]},
        ]
    )
    certificate = asn1_x509.Certificate.load(signer.certificate.public_bytes(Encoding.DER))
    return cms.SignerInfo(
        {
            "version": "v1",
            "sid": cms.IssuerAndSerialNumber(
                {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
            ),
            "digest_algorithm": digest_algorithm,
            "signed_attrs": attributes,
            "signature_algorithm": _signature_algorithm(signer, digest),
            "signature": signer.sign(attributes.dump(), digest),
        }
    )


def _signature_algorithm(signer: IdentityKey, digest: str) -> algos.SignedDigestAlgorithm:
    if isinstance(signer.key, rsa.RSAPrivateKey):
        # As most of the world writes it: the key's algorithm, whatever the digest (RFC 3370, 3.2).
        return algos.SignedDigestAlgorithm(
            {"algorithm": "rsassa_pkcs1v15", "parameters": core.Null()}
        )
    return algos.SignedDigestAlgorithm({"algorithm": f"{digest}_dsa"})


def _indefinite(tag: int, *contents: bytes) -> bytes:
    """A value whose end is marked, not announced: X.690, 8.1.3.6."""
    return bytes([tag, 0x80]) + b"".join(contents) + b"\0\0"
