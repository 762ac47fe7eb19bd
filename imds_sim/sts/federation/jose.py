"""Signatures of JSON Web Tokens: the keys that make them, the key sets that judge them.

The one file that knows the JOSE library, and by far the longest to load of `imds_sim.sts`: import
it where a key is used. Source: RFC 7515, 7517, 7518; IAM User Guide, "Create an OpenID Connect
(OIDC) identity provider in IAM" (algorithms, at most 100 RSA and 100 EC keys).
"""

import json
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Self

from joserfc import jws
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import ECKey, RSAKey

from imds_sim.kernel.secret import Secret
from imds_sim.sts.errors import StsError
from imds_sim.sts.limits import WEB_IDENTITY_ALGORITHMS

MAX_KEYS = 100  # of each kind
MIN_RSA_BITS = 2048
_CURVES = {"ES256": "P-256", "ES384": "P-384", "ES512": "P-521"}
ALGORITHMS = tuple(sorted(WEB_IDENTITY_ALGORITHMS))
_FAILURES = (JoseError, ValueError, TypeError, KeyError, OverflowError)

_Key = RSAKey | ECKey


class KeySetInvalid(StsError):
    """No JSON Web Key Set, or one without a key that could verify a token."""


class KeyUnknown(StsError):
    """The set has no key by the name that a token gives."""


class SignatureWrong(StsError):
    """No key of the set made this signature."""


class _Registry(jws.JWSRegistry):
    """Takes headers of any size and member: the whole token has a limit already."""

    max_header_length = max_payload_length = max_signature_length = 1 << 20


_REGISTRY = _Registry(algorithms=ALGORITHMS, strict_check_header=False)


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key that signs under one algorithm. Made of the system's chance, never of a seed.

    `kid` names it; `public` is its JSON Web Key.
    """

    kid: str
    algorithm: str
    _key: _Key = field(repr=False, compare=False)

    @classmethod
    def generate(cls, algorithm: str, kid: str | None = None) -> Self:
        """A new key; by default its thumbprint (RFC 7638) names it."""
        curve = _CURVES.get(algorithm)
        key = ECKey.generate_key(curve) if curve else RSAKey.generate_key(MIN_RSA_BITS)
        return cls(kid or key.thumbprint(), algorithm, key)

    @classmethod
    def read(cls, kept: str) -> Self:
        """Read what `kept` wrote. Raises KeySetInvalid."""
        try:
            document = json.loads(kept)
            return cls(document["kid"], document["alg"], _read(document))
        except _FAILURES as error:
            raise KeySetInvalid(f"no signing key: {error}") from None

    def kept(self) -> Secret:
        """The private key as text, to be read again."""
        document = self._key.as_dict(private=True, kid=self.kid, alg=self.algorithm)
        return Secret(json.dumps(document))

    @property
    def public(self) -> dict[str, object]:
        """The public half, as it stands in a key set."""
        public = self._key.as_dict(private=False)
        return {**public, "kid": self.kid, "alg": self.algorithm, "use": "sig"}

    def sign(self, claims: Mapping[str, object]) -> Secret:
        """A signed token of these claims."""
        header = {"alg": self.algorithm, "kid": self.kid, "typ": "JWT"}
        payload = json.dumps(claims, separators=(",", ":")).encode()
        return Secret(jws.serialize_compact(header, payload, self._key, registry=_REGISTRY))


@dataclass(frozen=True, slots=True)
class KeySet:
    """The public keys of an issuer. Build with `read`."""

    _keys: tuple[tuple[str | None, _Key], ...] = field(repr=False)

    @classmethod
    def read(cls, document: object) -> Self:
        """Read a JSON Web Key Set; keys of other kinds or uses are left out, as RFC 7517 says.

        Raises KeySetInvalid.
        """
        listed = document.get("keys") if isinstance(document, Mapping) else None
        if not isinstance(listed, list):
            raise KeySetInvalid('not a JSON Web Key Set: it has no list "keys"')
        keys = tuple(chain.from_iterable(_usable(each, i) for i, each in enumerate(listed)))
        for kind in (RSAKey, ECKey):
            if sum(isinstance(key, kind) for _, key in keys) > MAX_KEYS:
                raise KeySetInvalid(f"more than {MAX_KEYS} {kind.key_type} keys")
        if not keys:
            raise KeySetInvalid("no RSA or EC key for signatures")
        return cls(keys)

    def verify(self, token: str, algorithm: str, kid: str | None) -> None:
        """Raise KeyUnknown or SignatureWrong unless a key of this name made the signature.

        Every key of the name is tried, since names may be given twice; without a name, every key.
        """
        named = [key for name, key in self._keys if kid is None or name == kid]
        if kid is not None and not named and len(self._keys) == 1 and self._keys[0][0] is None:
            named = [self._keys[0][1]]  # a set of one key that has no name
        fit = [key for key in named if _fits(key, algorithm)]
        if not fit:
            raise KeyUnknown(f"no {algorithm} key {kid!r} among {len(self._keys)}")
        for key in fit:
            try:
                jws.deserialize_compact(token, key, registry=_REGISTRY)
            except _FAILURES:
                continue
            return
        raise SignatureWrong(f"not signed by {kid!r}")


def _usable(document: object, place: int) -> Iterator[tuple[str | None, _Key]]:
    """A key of the list with its name, if it can verify. Raises KeySetInvalid."""
    if not isinstance(document, Mapping):
        raise KeySetInvalid(f"keys[{place}] is no object")
    if document.get("kty") not in ("RSA", "EC") or document.get("use", "sig") != "sig":
        return
    if "d" in document:
        raise KeySetInvalid(f"keys[{place}] is a private key; give its public half")
    if document["kty"] == "EC" and document.get("crv") not in _CURVES.values():
        return
    kid = document.get("kid")
    try:
        key = _read({name: value for name, value in document.items() if name in _MEMBERS})
    except _FAILURES as error:
        raise KeySetInvalid(f"keys[{place}]: {error}") from None
    yield kid if isinstance(kid, str) else None, key


_MEMBERS = frozenset({"kty", "n", "e", "crv", "x", "y"})


def _read(document: dict[str, object]) -> _Key:
    with warnings.catch_warnings():
        warnings.simplefilter("error", SecurityWarning)
        try:
            # The library's type names one shape a kind of key; it checks the members itself.
            if document["kty"] == "EC":
                return ECKey.import_key(document)  # type: ignore[arg-type]
            return RSAKey.import_key(document)  # type: ignore[arg-type]
        except SecurityWarning:
            raise ValueError(f"an RSA key has {MIN_RSA_BITS} bits at least") from None


def _fits(key: _Key, algorithm: str) -> bool:
    """Whether the algorithm is one of the key's kind: the token alone must not choose."""
    curve = _CURVES.get(algorithm)
    if isinstance(key, ECKey):
        return key.curve_name == curve
    return curve is None and algorithm in ALGORITHMS
