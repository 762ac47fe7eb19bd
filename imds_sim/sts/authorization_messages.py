"""Encoded authorization messages: a denial in full, that only its account may read.

Services such as EC2 put one into a denial; STS itself does not. Source: STS API Reference,
DecodeAuthorizationMessage; the document as recorded from EC2, every list in `items`. The encoding
is our own: base64url of a sealed, deflated document with account and time.
"""

import hmac
import json
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from imds_sim.iam.context import ContextValue
from imds_sim.iam.decision import Decision, DecisionEffect
from imds_sim.iam.principals import Caller, RoleSessionPrincipal, UserPrincipal
from imds_sim.sts.errors import InvalidAuthorizationMessage
from imds_sim.sts.limits import AUTHORIZATION_MESSAGE_LIFETIME, MAX_ENCODED_MESSAGE

_NONCE_BYTES = 12
_MAX_DOCUMENT = 1 << 20  # bytes; what is sealed is ours, but not without end


@dataclass(frozen=True, slots=True)
class AuthorizationMessages:
    """Encodes and decodes under a key of 32 bytes. Remembers nothing."""

    key: bytes = field(repr=False)

    def encode(self, decision: Decision, principal: Caller, now: datetime) -> str:
        """The message of a denial: letters, digits, `-` and `_`, 10,240 at most."""
        encoded = self._sealed(_document(decision, principal), principal.account, now)
        if len(encoded) <= MAX_ENCODED_MESSAGE:
            return encoded
        brief = replace(decision, matched=(), context={})  # an enormous User-Agent, say
        return self._sealed(_document(brief, principal), principal.account, now)

    def decode(self, encoded: str, account: str, now: datetime) -> str:
        """The document, compact JSON. Raises InvalidAuthorizationMessage."""
        raw = _unarmoured(encoded)
        nonce, sealed = raw[:_NONCE_BYTES], raw[_NONCE_BYTES:]
        try:
            plain = AESGCM(self._key("seal")).decrypt(nonce, sealed, account.encode())
        except InvalidTag:
            raise InvalidAuthorizationMessage("damaged, or of another account or key") from None
        encoded_at = datetime.fromtimestamp(int.from_bytes(plain[:8], "big"), UTC)
        if now - encoded_at >= AUTHORIZATION_MESSAGE_LIFETIME:
            raise InvalidAuthorizationMessage(f"expired; it is of {encoded_at.isoformat()}")
        return zlib.decompressobj().decompress(plain[8:], _MAX_DOCUMENT).decode()

    def _sealed(self, document: Mapping[str, object], account: str, now: datetime) -> str:
        text = json.dumps(document, separators=(",", ":"), ensure_ascii=False)
        plain = int(now.timestamp()).to_bytes(8, "big") + zlib.compress(text.encode())
        # Bound to account and content: equal denials of a second give equal messages.
        nonce = hmac.digest(self._key("nonce"), account.encode() + plain, "sha256")[:_NONCE_BYTES]
        sealed = AESGCM(self._key("seal")).encrypt(nonce, plain, account.encode())
        return urlsafe_b64encode(nonce + sealed).decode().rstrip("=")

    def _key(self, purpose: str) -> bytes:
        return hmac.digest(self.key, f"imds-sim authorization message {purpose}".encode(), "sha256")


def _unarmoured(encoded: str) -> bytes:
    try:
        raw = urlsafe_b64decode((encoded + "=" * (-len(encoded) % 4)).encode("ascii"))
    except ValueError:
        raise InvalidAuthorizationMessage("not base64url") from None
    if urlsafe_b64encode(raw).decode().rstrip("=") != encoded or len(raw) <= _NONCE_BYTES + 16:
        raise InvalidAuthorizationMessage("not base64url of a message")
    return raw


def _document(decision: Decision, principal: Caller) -> dict[str, object]:
    explicit = decision.effect is DecisionEffect.EXPLICIT_DENY
    denying = [each for each in decision.matched if each.statement.get("Effect") == "Deny"]
    return {
        "allowed": decision.is_allowed,
        "explicitDeny": explicit,
        "matchedStatements": _items(
            [_statement(each.statement, principal) for each in denying] if explicit else []
        ),
        "failures": _items([]),
        "context": {
            "principal": _principal(principal),
            "action": decision.action,
            "resource": decision.resource,
            "conditions": _items(
                [_condition(key, value) for key, value in decision.context.items()]
            ),
        },
    }


def _principal(principal: Caller) -> dict[str, object]:
    described: dict[str, object] = {"id": principal.user_id}
    if isinstance(principal, UserPrincipal):
        described["name"] = principal.user.name
    return {**described, "arn": principal.arn}


def _statement(statement: Mapping[str, object], principal: Caller) -> dict[str, object]:
    """A statement that denied; whom it binds is told by the unique id."""
    if isinstance(principal, RoleSessionPrincipal):
        bound = principal.role.unique_id
    else:
        bound = principal.user_id
    return {
        "statementId": statement.get("Sid") or "",
        "effect": str(statement["Effect"]).upper(),
        "principals": _values([bound]),
        "principalGroups": _items([]),
        "actions": _values(_texts(statement.get("Action"))),
        "resources": _values(_texts(statement.get("Resource"))),
        "conditions": _items(_conditions(statement.get("Condition"))),
    }


def _conditions(block: object) -> list[object]:
    if not isinstance(block, Mapping):
        return []
    return [
        _condition(str(key), tuple(_texts(values)))
        for keys in block.values()
        if isinstance(keys, Mapping)
        for key, values in keys.items()
    ]


def _condition(key: str, value: ContextValue) -> dict[str, object]:
    return {"key": key, "values": _values((value,) if isinstance(value, str) else value)}


def _texts(element: object) -> list[str]:
    if element is None:
        return []
    return [str(each) for each in element] if isinstance(element, list | tuple) else [str(element)]


def _values(texts: Sequence[str]) -> dict[str, object]:
    return _items([{"value": text} for text in texts])


def _items(items: Sequence[object]) -> dict[str, object]:
    return {"items": list(items)}
