"""A string that must not be seen: its repr is a fingerprint, only `reveal` gives it away."""

import hashlib
import hmac


class Secret:
    """Wraps a secret from birth. `reveal()` is called only where bytes leave for the client."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The secret itself."""
        return self._value

    def matches(self, presented: str) -> bool:
        """Whether `presented` is the secret, in constant time."""
        return hmac.compare_digest(self._value.encode(), presented.encode("utf-8", "replace"))

    @property
    def fingerprint(self) -> str:
        """Eight hex digits that follow one value through a log without revealing it."""
        return hashlib.sha256(self._value.encode()).hexdigest()[:8]

    def __repr__(self) -> str:
        return f"Secret({self.fingerprint})"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self.matches(other._value)

    def __hash__(self) -> int:
        return hash(self._value)
