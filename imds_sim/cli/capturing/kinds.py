"""What a leaf holds, as far as it matters to whoever compares two: some never are the same."""

import re
from enum import Enum

_ROOT = "/latest/meta-data/"
_CREDENTIALS = re.compile(
    _ROOT + r"(iam/security-credentials(-extended)?|identity-credentials/ec2/security-credentials)"
    r"/[^/]+"
)
_TIMED = frozenset({_ROOT + "iam/info", _ROOT + "identity-credentials/ec2/info"})
_SIGNED = re.compile("/latest/dynamic/instance-identity/(signature|pkcs7|rsa2048|dsa2048)")
_OWN = re.compile(
    rb'("(?:LastUpdated|Expiration|AccessKeyId|SecretAccessKey|Token)"\s*:\s*)"[^"]*"'
)


class Kind(Enum):
    """By what two leaves of different instances can be compared."""

    PLAIN = "to the byte"
    USER_DATA = "to the byte, and it may be secret"
    TIMED = "but for the time of the last refresh"
    CREDENTIALS = "but for keys and times"
    SIGNED = "not at all: each signer has its own keys"


def kind_of(path: str) -> Kind:
    """The kind of the leaf at `path`, which begins with `/latest/`."""
    if path in _TIMED:
        return Kind.TIMED
    if path == "/latest/user-data":
        return Kind.USER_DATA
    if _CREDENTIALS.fullmatch(path):
        return Kind.CREDENTIALS
    return Kind.SIGNED if _SIGNED.fullmatch(path) else Kind.PLAIN


def comparable(path: str, body: bytes) -> bytes:
    """`body` without what is each instance's own; nothing secret is left of credentials."""
    match kind_of(path):
        case Kind.TIMED | Kind.CREDENTIALS:
            return _OWN.sub(rb'\1"..."', body)
        case Kind.SIGNED:
            return b"signed" if body else b""
        case Kind.PLAIN | Kind.USER_DATA:
            return body
