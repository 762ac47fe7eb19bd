"""Chance, handed in: from the system, or repeatable from a seed."""

import hashlib
import hmac
import os
from dataclasses import dataclass, field
from typing import Protocol


class Entropy(Protocol):
    """The only source of chance."""

    def bytes(self, count: int, purpose: str) -> bytes:
        """Return `count` random bytes (1 or more).

        `purpose` names the subject ("metadata token i-0a"), never a single request: every purpose
        is a stream of its own, so that one reader's draws do not disturb another's.
        """
        ...


class SystemEntropy:
    """The operating system's randomness; the purpose does not matter."""

    def bytes(self, count: int, purpose: str) -> bytes:
        return os.urandom(count)  # noqa: TID251 - this is the source


@dataclass(slots=True)
class SeededEntropy:
    """The same bytes for the same seed, purpose and position in that purpose's stream.

    Remembers one position per purpose; purposes name subjects of the configuration, which bounds
    them.
    """

    seed: int | str
    _positions: dict[str, int] = field(default_factory=dict)

    def bytes(self, count: int, purpose: str) -> bytes:
        position = self._positions.get(purpose, 0)
        self._positions[purpose] = position + 1
        key = hashlib.sha256(f"imds-sim seed {self.seed}".encode()).digest()
        drawn = b""
        block = 0
        while len(drawn) < count:
            drawn += hmac.digest(key, f"{purpose}\0{position}\0{block}".encode(), "sha256")
            block += 1
        return drawn[:count]
