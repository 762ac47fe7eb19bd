"""The key of a built-in SAML provider, with its self-signed certificate. Loads cryptography."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from imds_sim.kernel.secret import Secret

_BITS = 2048
_YEAR = timedelta(days=365)
_BEGIN_CERTIFICATE = "-----BEGIN CERTIFICATE-----"


@dataclass(frozen=True, slots=True)
class SamlKey:
    """A private key and its certificate, both PEM."""

    private_key: Secret
    certificate: str

    @classmethod
    def generate(cls, name: str, now: datetime) -> "SamlKey":
        """A new RSA key; the certificate holds ten years, though nobody asks how long."""
        key = rsa.generate_private_key(public_exponent=65537, key_size=_BITS)
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])
        certificate = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - _YEAR / 365)
            .not_valid_after(now + 10 * _YEAR)
            .sign(key, SHA256())
        )
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        return cls(Secret(pem), certificate.public_bytes(Encoding.PEM).decode())

    @classmethod
    def read(cls, kept: str) -> "SamlKey":
        """Read what `kept` wrote."""
        key, mark, certificate = kept.partition(_BEGIN_CERTIFICATE)
        return cls(Secret(key), mark + certificate)

    def kept(self) -> Secret:
        """Both as one text, to be kept."""
        return Secret(self.private_key.reveal() + self.certificate)
