"""An issuer of OpenID Connect tokens: mints them, publishes its keys and its discovery document.

Source: OpenID Connect Discovery 1.0, section 3; IAM troubleshooting reports for the members
without which AWS cannot retrieve the keys of a provider.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from imds_sim.kernel.clock import Clock
from imds_sim.kernel.entropy import Entropy
from imds_sim.kernel.secret import Secret

if TYPE_CHECKING:
    from imds_sim.sts.federation.jose import SigningKey

_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Issuer:
    """Signs what it is asked to: who may ask is its owner's business. Remembers no token.

    `url` is the `iss` of its tokens. The first key signs, unless another algorithm is asked for.
    """

    url: str
    keys: tuple["SigningKey", ...]
    clock: Clock
    entropy: Entropy = field(repr=False)

    def mint(
        self, claims: Mapping[str, object], lifetime: timedelta, algorithm: str | None = None
    ) -> Secret:
        """A token of `claims`; `iss`, `iat`, `exp` (whole seconds) and `jti` are added.

        What the claims say of these themselves stays: a token may be made wrong on purpose, and a
        claim of None is left out. Raises KeyError if no key signs under `algorithm`.
        """
        return self.sign(self.completed(claims, lifetime), algorithm)

    def sign(self, claims: Mapping[str, object], algorithm: str | None = None) -> Secret:
        """A token of these claims and no others. Raises KeyError as `mint` does."""
        by_algorithm = {key.algorithm: key for key in self.keys}
        key = self.keys[0] if algorithm is None else by_algorithm[algorithm]
        return key.sign(claims)

    def completed(self, claims: Mapping[str, object], lifetime: timedelta) -> dict[str, object]:
        """`claims` with what every token of this issuer says."""
        issued_at = int(self.clock.now().timestamp())
        chance = self.entropy.bytes(16, f"tokens of {self.url}")
        whole = {
            "iss": self.url,
            "iat": issued_at,
            "exp": issued_at + lifetime // _SECOND,
            "jti": str(uuid.UUID(bytes=chance, version=4)),
            **claims,
        }
        return {name: value for name, value in whole.items() if value is not None}

    def jwks(self) -> dict[str, object]:
        """The key set by which anyone can verify its tokens."""
        return {"keys": [key.public for key in self.keys]}

    def discovery(self, jwks_uri: str) -> dict[str, object]:
        """The document that leads to the key set."""
        return {
            "issuer": self.url,
            "jwks_uri": jwks_uri,
            "response_types_supported": ["id_token"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": [key.algorithm for key in self.keys],
            "claims_supported": ["aud", "exp", "iat", "iss", "jti", "sub"],
        }
