"""Metadata tokens (IMDSv2): issue one, then judge it on every later request.

Source: EC2 User Guide, "Use the Instance Metadata Service".
"""

import binascii
import hmac
import re
import struct
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import blake2s

from imds_sim.imds.errors import TokenNotAccepted, TtlOutOfRange
from imds_sim.kernel.clock import Clock
from imds_sim.kernel.entropy import Entropy
from imds_sim.kernel.secret import Secret
from imds_sim.workloads.instance import Family

MIN_TTL = timedelta(seconds=1)
MAX_TTL = timedelta(hours=6)
# At the head of every recorded token.
MARKS = {Family.NITRO: b"\x01\x00\x04\x00", Family.XEN: b"\x01\x00\x00\x00"}

# 40 bytes in URL-safe base64 have one spelling: the last digit before the padding holds two bits.
_CANONICAL = re.compile(r"[A-Za-z0-9_-]{53}[AQgw]==", re.ASCII)
_URL_SAFE = bytes.maketrans(b"+/", b"-_")
_NOTHING = timedelta(0)
OPENED = 1024  # tokens remembered at most; then all are forgotten


@dataclass(frozen=True, slots=True)
class MetadataTokens:
    """Keeps no list: each token carries its expiry and a proof of who asked for it.

    A client may ask for a token per request for weeks; memory must not grow with it. Only the last
    ones that were shown are remembered with their expiry: most clients show one several times.
    """

    key: bytes  # 1 to 32 bytes
    clock: Clock
    entropy: Entropy
    _opened: dict[tuple[str, str], float] = field(default_factory=dict, init=False, repr=False)
    _revoked: dict[str, int] = field(default_factory=dict, init=False, repr=False)

    def issue(self, instance_id: str, ttl: timedelta, family: Family = Family.NITRO) -> Secret:
        """Issue a token that lasts `ttl` (1 s to 6 h). Raises TtlOutOfRange."""
        if not MIN_TTL <= ttl <= MAX_TTL:
            raise TtlOutOfRange(f"a token cannot last {ttl}")
        chance = self.entropy.bytes(12, f"metadata token {instance_id}")
        expiry = struct.pack(">d", (self.clock.now() + ttl).timestamp())
        claim = MARKS[family] + chance + self._veil(chance, expiry)
        raw = claim + self._proof(claim, instance_id)
        return Secret(binascii.b2a_base64(raw, newline=False).translate(_URL_SAFE).decode())

    def check(self, metadata_token: str, instance_id: str) -> timedelta:
        """Return what is left of the token's life, or raise TokenNotAccepted."""
        shown = metadata_token, instance_id
        expires_at = self._opened.get(shown)
        if expires_at is None:
            expires_at = self._open(metadata_token, instance_id)
            if len(self._opened) >= OPENED:
                self._opened.clear()
            self._opened[shown] = expires_at
        remaining = timedelta(seconds=expires_at - self.clock.now().timestamp())
        if remaining <= _NOTHING:
            raise TokenNotAccepted("the metadata token has expired")
        return remaining

    def revoke(self, instance_id: str) -> None:
        """Make void what was issued to an instance so far. Remembers one number per instance."""
        self._revoked[instance_id] = self._revoked.get(instance_id, 0) + 1
        self._opened.clear()

    def _open(self, metadata_token: str, instance_id: str) -> float:
        """The expiry in a token (epoch seconds), once the token has proved itself."""
        raw = decode_canonical(metadata_token)
        claim, proof = raw[:24], raw[24:]
        if not hmac.compare_digest(proof, self._proof(claim, instance_id)):
            raise TokenNotAccepted("the metadata token was not issued to this instance")
        (expires_at,) = struct.unpack(">d", self._veil(claim[4:16], claim[16:24]))
        return float(expires_at)

    def _veil(self, chance: bytes, eight: bytes) -> bytes:
        # Recorded tokens look random after the mark.
        mask = blake2s(chance, key=self.key, person=b"veil", digest_size=8).digest()
        return (int.from_bytes(eight, "big") ^ int.from_bytes(mask, "big")).to_bytes(8, "big")

    def _proof(self, claim: bytes, instance_id: str) -> bytes:
        # Keyed BLAKE2 is a MAC by itself and takes a third of the time of an HMAC, twice a request.
        claim += instance_id.encode()
        if self._revoked and (times := self._revoked.get(instance_id)):
            claim += times.to_bytes(8, "big")
        return blake2s(claim, key=self.key, person=b"proof", digest_size=16).digest()


def decode_canonical(metadata_token: str) -> bytes:
    """The 40 bytes of a token. Raises TokenNotAccepted for any other spelling or length."""
    if _CANONICAL.fullmatch(metadata_token) is None:
        raise TokenNotAccepted("not the form of a metadata token")
    return binascii.a2b_base64(metadata_token.replace("-", "+").replace("_", "/"))
