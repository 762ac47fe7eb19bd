"""AWS-shaped identifiers: derived from the state key and a name, so that they survive a restart.

Source: IAM User Guide, "IAM identifiers"; for the account inside an access key id Aidan Steele,
"AWS Access Key ID formats" (awsteele.com, 2020-09-26).
"""

import hmac
import uuid
from base64 import b32decode, b32encode
from dataclasses import dataclass

_CARRIES_ACCOUNT = 1 << 47
_ACCOUNT_MASK = 0x7FFFFFFFFF80


def access_key_id(prefix: str, account: str, chance: bytes) -> str:
    """A 20-character key id that carries its account: `AKIA` or `ASIA` and 16 of `A-Z2-7`.

    `chance` is 5 bytes; 39 of its bits are used, as many as the form leaves free.
    """
    first, rest = chance[0] & 0x7F, chance[1:5]
    head = (_CARRIES_ACCOUNT | int(account) << 7 | first).to_bytes(6, "big")
    return prefix + b32encode(head + rest).decode()


def account_of(key_id: str) -> str | None:
    """The 12-digit account inside an access key id, or None where the form carries none."""
    try:
        raw = b32decode(key_id[4:20])
    except ValueError:
        return None
    if len(raw) != 10 or not raw[0] & 0x80:
        return None
    return f"{(int.from_bytes(raw[:6], 'big') & _ACCOUNT_MASK) >> 7:012}"


@dataclass(frozen=True, slots=True)
class Identifiers:
    """Derives every id that the file leaves out. The same key, kind and name give the same id."""

    key: bytes

    def digest(self, kind: str, *names: str) -> bytes:
        """32 bytes that belong to this kind and these names."""
        return hmac.digest(self.key, "\0".join(("id", kind, *names)).encode(), "sha256")

    def resource(self, prefix: str, *names: str) -> str:
        """An EC2 resource id with 17 hex digits: `i-0123456789abcdef0`, `eni-…`, `vpc-…`."""
        return f"{prefix}-0{self.digest(prefix, *names).hex()[:16]}"

    def entity(self, prefix: str, *names: str) -> str:
        """An IAM unique id of 21 characters: `AROA`, `AIDA` or `AIPA` and 17 of `A-Z2-7`."""
        return prefix + b32encode(self.digest(prefix, *names)).decode()[:17]

    def uuid(self, kind: str, *names: str) -> str:
        """A version 4 UUID in lower case."""
        return str(uuid.UUID(bytes=self.digest(kind, *names)[:16], version=4))

    def hex(self, kind: str, *names: str) -> str:
        """32 hex digits, as ECS task ids have them."""
        return self.digest(kind, *names).hex()[:32]
