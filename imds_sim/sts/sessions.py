"""Sessions as sealed statements: the session token carries all that is known of the session.

Nothing is kept: whoever has the state key (this process, its successor, a replica) opens a token.
The layout imitates the tokens of recorded requests; what is inside is our own.
"""

import hmac
from base64 import b64decode, b64encode
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from imds_sim.kernel.entropy import Entropy
from imds_sim.kernel.secret import Secret
from imds_sim.sts.errors import PackedPolicyTooLarge, SessionTokenInvalid
from imds_sim.sts.limits import MAX_SESSION_TOKEN
from imds_sim.sts.sealed_session import SealedSession, read_statement, write_statement

# The first byte and field 1 of the tokens of regional endpoints: `IQoJb3JpZ2luX2Vj` in base64.
_HEAD = b"\x21\x0a\x09origin_ec"
_FORMAT = b"\x10\x02"  # field 2; the number of our own format
_REGION, _NONCE, _PAYLOAD, _ACCOUNT, _SEALED = b"\x1a", b"\x22", b"\x2a", b"\x1a\x0c", b"\x22"
_NONCE_BYTES = 12
_TAG_BYTES = 16
_VARINTS = 4  # two sizes, two bytes each in any token that needs padding
_SECRET_BYTES = 30  # 40 characters


@dataclass(frozen=True, slots=True)
class SessionSealer:
    """Seals and opens session tokens under the state key (32 bytes). Remembers nothing."""

    key: bytes = field(repr=False)
    entropy: Entropy = field(repr=False)
    _cipher: AESGCM = field(init=False, repr=False, compare=False)
    _nonce_key: bytes = field(init=False, repr=False, compare=False)
    _secret_key: bytes = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_cipher", AESGCM(self._derive("session token")))
        object.__setattr__(self, "_nonce_key", self._derive("session token nonce"))
        object.__setattr__(self, "_secret_key", self._derive("secret access key"))

    def _derive(self, purpose: str) -> bytes:
        """One key per purpose: HKDF-Expand of RFC 5869, whose first block is all that is needed."""
        return hmac.digest(self.key, f"imds-sim {purpose}\x01".encode(), "sha256")

    def seal(
        self, session: SealedSession, packed: bytes, region: str, purpose: str, minimum: int = 0
    ) -> Secret:
        """The session token. Raises PackedPolicyTooLarge beyond 4 KiB.

        `packed` are the session's contents. `region` (255 bytes at most) stands in clear, as does
        the account; both are authenticated. `purpose` names the stream of chance. With `minimum`
        the token is padded to at least as many characters.
        """
        statement = write_statement(session, packed)
        head = b"".join((_HEAD, _FORMAT, _REGION, bytes([len(region.encode())]), region.encode()))
        payload_head = _ACCOUNT + session.account.encode() + _SEALED
        overhead = len(head) + len(_NONCE) + 1 + _NONCE_BYTES + len(_PAYLOAD) + len(payload_head)
        room = -(-minimum // 4) * 3 - 2 - overhead - _TAG_BYTES - _VARINTS
        statement = statement.ljust(room, b"\0")
        # Drawn, and bound to the statement: a seed that is used again repeats what was drawn, and
        # a nonce must not return with another statement.
        chance = self.entropy.bytes(_NONCE_BYTES, purpose)
        nonce = hmac.digest(self._nonce_key, chance + statement, "sha256")[:_NONCE_BYTES]
        sealed_size = _varint(len(statement) + _TAG_BYTES)
        payload_size = len(payload_head) + len(sealed_size) + len(statement) + _TAG_BYTES
        clear = b"".join(
            (
                *(head, _NONCE, bytes([_NONCE_BYTES]), nonce),
                *(_PAYLOAD, _varint(payload_size), payload_head, sealed_size),
            )
        )
        token = b64encode(clear + self._cipher.encrypt(nonce, statement, clear)).decode()
        if len(token) > MAX_SESSION_TOKEN:
            raise PackedPolicyTooLarge("Serialized token too large for session")
        return Secret(token)

    def open(self, session_token: str) -> SealedSession:
        """Read a token sealed under the same key, in any region. Raises SessionTokenInvalid."""
        raw = _decode_canonical(session_token)
        clear, nonce, sealed = _take_apart(raw)
        try:
            statement = self._cipher.decrypt(nonce, sealed, clear)
        except InvalidTag:
            raise SessionTokenInvalid("not sealed with this key, or damaged") from None
        return read_statement(statement)

    def secret_access_key(self, session_token: str) -> Secret:
        """The secret key that belongs to a token: derived from it, so that nothing is stored."""
        digest = hmac.digest(self._secret_key, session_token.encode(), "sha256")
        return Secret(b64encode(digest[:_SECRET_BYTES]).decode())


def _decode_canonical(session_token: str) -> bytes:
    """Decode base64 of which there is one spelling only. Raises SessionTokenInvalid."""
    if len(session_token) > MAX_SESSION_TOKEN:
        raise SessionTokenInvalid("too long")
    try:
        raw = b64decode(session_token, validate=True)
    except ValueError:
        raise SessionTokenInvalid("not base64") from None
    if b64encode(raw).decode() != session_token:
        raise SessionTokenInvalid("not canonical base64")
    return raw


def _take_apart(raw: bytes) -> tuple[bytes, bytes, bytes]:
    """What stands in clear, the nonce and the sealed rest. Raises SessionTokenInvalid."""
    head = _HEAD + _FORMAT + _REGION
    if not raw.startswith(head) or len(raw) <= len(head):
        raise SessionTokenInvalid("not a token of this kind or format")
    nonce_at = len(head) + 1 + raw[len(head)] + len(_NONCE) + 1
    payload_at = nonce_at + _NONCE_BYTES + len(_PAYLOAD)
    size, head_at = _read_varint(raw, payload_at)
    sealed_size, sealed_at = _read_varint(raw, head_at + len(_ACCOUNT) + 12 + len(_SEALED))
    if (
        head_at + size != len(raw)
        or sealed_at + sealed_size != len(raw)
        or sealed_size < _TAG_BYTES
    ):
        raise SessionTokenInvalid("cut or extended")
    return raw[:sealed_at], raw[nonce_at : nonce_at + _NONCE_BYTES], raw[sealed_at:]


def _varint(number: int) -> bytes:
    """A number as protocol buffers write it: seven bits a byte, the lowest first."""
    encoded = bytearray()
    while number > 0x7F:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)


def _read_varint(raw: bytes, at: int) -> tuple[int, int]:
    """The number at `at` (two bytes at most) and where it ends. Raises SessionTokenInvalid."""
    if at + 2 > len(raw):
        raise SessionTokenInvalid("cut")
    if raw[at] < 0x80:
        return raw[at], at + 1
    return raw[at] & 0x7F | raw[at + 1] << 7, at + 2
