"""The keys that sign identity documents, each with the certificate that proves it.

Source: EC2 User Guide, "AWS public certificates for instance identity document signatures": one
certificate for each Region and signature, each its own issuer. The names in them are AWS's, with a
unit of our own, so that nobody takes one for real.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, padding, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

from imds_sim.imds.dsa_groups import DSA_1024, DSA_2048, DsaGroup
from imds_sim.imds.signed_forms import SignedForm
from imds_sim.kernel.entropy import Entropy
from imds_sim.kernel.keys import KeyKeeper, KeyUnusable

# Those that AWS publishes are valid from 2015 to 2195: whatever the simulator's time is.
NOT_BEFORE = datetime(2015, 8, 14, 8, 59, 12, tzinfo=UTC)
NOT_AFTER = datetime(2195, 1, 17, 8, 59, 12, tzinfo=UTC)
SERIAL_BYTES = 8
UNIT = "made by imds-sim"

PrivateKey = rsa.RSAPrivateKey | dsa.DSAPrivateKey


@dataclass(frozen=True, slots=True)
class IdentityKey:
    """A private key and its certificate."""

    key: PrivateKey
    certificate: x509.Certificate

    def sign(self, data: bytes, digest: str) -> bytes:
        """The signature over `data`; `digest` is `sha1` or `sha256`."""
        algorithm = hashes.SHA1() if digest == "sha1" else hashes.SHA256()
        if isinstance(self.key, rsa.RSAPrivateKey):
            return self.key.sign(data, padding.PKCS1v15(), algorithm)
        return self.key.sign(data, algorithm)

    @property
    def certificate_pem(self) -> str:
        return self.certificate.public_bytes(Encoding.PEM).decode()


def identity_key(keeper: KeyKeeper, form: SignedForm, region: str, entropy: Entropy) -> IdentityKey:
    """The key for one form of signature in one Region, made the first time. Raises KeyUnusable."""
    name = f"instance identity {region} {form.value}"

    def make() -> str:
        key = _MAKE[form]()
        certificate = _certificate(key, form, entropy.bytes(SERIAL_BYTES, name))
        return _written(IdentityKey(key, certificate))

    return _read(keeper.kept(name, make), name)


def _dsa_key(group: DsaGroup) -> dsa.DSAPrivateKey:
    numbers = dsa.DSAParameterNumbers(group.p, group.q, group.g)
    return numbers.parameters().generate_private_key()


_MAKE: dict[SignedForm, Callable[[], PrivateKey]] = {
    SignedForm.SIGNATURE: lambda: rsa.generate_private_key(65537, 1024),
    SignedForm.PKCS7: lambda: _dsa_key(DSA_1024),
    SignedForm.RSA2048: lambda: rsa.generate_private_key(65537, 2048),
    SignedForm.DSA2048: lambda: _dsa_key(DSA_2048),
}


def _certificate(key: PrivateKey, form: SignedForm, chance: bytes) -> x509.Certificate:
    name = _name(form)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(int.from_bytes(chance, "big") | 1)
        .not_valid_before(NOT_BEFORE)
        .not_valid_after(NOT_AFTER)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=False)
    )
    return builder.sign(key, hashes.SHA256())


def _name(form: SignedForm) -> x509.Name:
    if form is SignedForm.SIGNATURE:
        state, organization, common = "Washington", "Amazon.com Inc.", "ec2.amazonaws.com"
    else:
        state, organization, common = "Washington State", "Amazon Web Services LLC", None
    attributes = [
        (NameOID.COUNTRY_NAME, "US"),
        (NameOID.STATE_OR_PROVINCE_NAME, state),
        (NameOID.LOCALITY_NAME, "Seattle"),
        (NameOID.ORGANIZATION_NAME, organization),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, UNIT),
        *([(NameOID.COMMON_NAME, common)] if common else []),
    ]
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in attributes])


def _written(made: IdentityKey) -> str:
    key = made.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return key.decode() + made.certificate_pem


def _read(pem: str, name: str) -> IdentityKey:
    raw = pem.encode()
    try:
        key, certificate = load_pem_private_key(raw, None), x509.load_pem_x509_certificate(raw)
        if isinstance(key, PrivateKey) and key.public_key() == certificate.public_key():
            return IdentityKey(key, certificate)
    except (ValueError, TypeError):
        pass
    raise KeyUnusable(
        f"what is kept as {name!r} is not a key and its certificate; restore it, or remove it from "
        "the state directory for a new one"
    )
