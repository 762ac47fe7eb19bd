"""The forms in which an identity document is signed: each is a leaf beside the document."""

from enum import StrEnum


class SignedForm(StrEnum):
    """By the name of the leaf, which is also that of the certificate that goes with it."""

    SIGNATURE = "signature"
    PKCS7 = "pkcs7"
    RSA2048 = "rsa2048"
    DSA2048 = "dsa2048"
