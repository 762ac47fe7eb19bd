"""Signature Version 4A: an ECDSA signature for a set of regions, with a key made from the secret.

Source: awslabs/aws-c-auth, "key_derivation" (NIST SP 800-108, counter mode), and its test suite.
"""

import hmac
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from imds_sim.iam.pattern import compile_glob
from imds_sim.kernel.secret import Secret

ALGORITHM = "AWS4-ECDSA-P256-SHA256"
REGION_SET_HEADER = "X-Amz-Region-Set"
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of P-256
_DERIVED = 64  # keys that are kept derived; deriving one costs more than verifying with it


@lru_cache(maxsize=_DERIVED)
def public_key(access_key_id: str, secret_access_key: Secret) -> ec.EllipticCurvePublicKey:
    """The key that verifies what the secret signed."""
    key = f"AWS4A{secret_access_key.reveal()}".encode()
    for counter in range(1, 255):
        fixed = f"{ALGORITHM}\0{access_key_id}".encode() + bytes([counter])
        block = (1).to_bytes(4, "big") + fixed + (256).to_bytes(4, "big")
        candidate = int.from_bytes(hmac.digest(key, block, "sha256"), "big")
        if candidate <= _ORDER - 2:
            return ec.derive_private_key(candidate + 1, ec.SECP256R1()).public_key()
    raise AssertionError("no key in 254 attempts")  # one secret in 2**8000


def is_signature(
    signature: str, to_sign: bytes, access_key_id: str, secret_access_key: Secret
) -> bool:
    """Whether `signature`, hex of DER, is the secret's over `to_sign`."""
    try:
        public_key(access_key_id, secret_access_key).verify(
            bytes.fromhex(signature), to_sign, ec.ECDSA(SHA256())
        )
    except (InvalidSignature, ValueError):
        return False
    return True


def covers(region_set: str, region: str) -> bool:
    """Whether a list such as `us-east-1,eu-*` has the region; `*` is all of them."""
    patterns = (each.strip() for each in region_set.split(","))
    return any(compile_glob(pattern)(region) for pattern in patterns)
