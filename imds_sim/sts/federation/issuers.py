"""The issuers that are built in: those of providers in the file, those of accounts.

Source for the account's: IAM User Guide, "Outbound identity federation", and a key set that was
recorded, for the names of its keys.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import lru_cache
from typing import TYPE_CHECKING

from imds_sim.iam.directory import Directory
from imds_sim.iam.entities import OidcProvider
from imds_sim.kernel.clock import Clock
from imds_sim.kernel.entropy import Entropy
from imds_sim.kernel.keys import KeyKeeper
from imds_sim.sts.errors import StsError
from imds_sim.sts.federation.issuer import Issuer
from imds_sim.sts.federation.keys import signing_key

if TYPE_CHECKING:
    from imds_sim.sts.federation.jose import KeySet

_READ = 64  # key sets that are kept ready: reading one of two hundred keys takes milliseconds
_OUTBOUND = (("RS256", "RSA_0"), ("ES384", "EC384_0"))


class IssuerUnknown(StsError):
    """No issuer of this name is built in."""


@dataclass(frozen=True, slots=True)
class Issuers:
    """Finds issuers and their keys in one directory."""

    directory: Directory
    keys: KeyKeeper = field(repr=False)
    clock: Clock
    entropy: Entropy = field(repr=False)

    def built_in(self) -> dict[str, OidcProvider]:
        """The providers that sign here, by name; of several accounts' the first."""
        found: dict[str, OidcProvider] = {}
        for provider in self.directory.oidc_providers.values():
            if provider.key_set is None:
                found.setdefault(provider.name, provider)
        return found

    def provider(self, name: str) -> OidcProvider:
        """The built-in provider of a name or an issuer URL. Raises IssuerUnknown."""
        known = self.built_in()
        for provider in known.values():
            if name in (provider.name, provider.issuer):
                return provider
        raise IssuerUnknown(f"there is no built-in issuer {name!r}; {_hint(name, known)}")

    def of(self, provider: OidcProvider) -> Issuer:
        """The issuer behind a provider that is built in."""
        key = signing_key(self.keys, provider.issuer, "RS256")
        return Issuer(provider.issuer, (key,), self.clock, self.entropy)

    def outbound(self, url: str) -> Issuer:
        """The issuer of an account, by its URL."""
        keys = (signing_key(self.keys, url, algorithm, kid) for algorithm, kid in _OUTBOUND)
        return Issuer(url, tuple(keys), self.clock, self.entropy)

    def key_set(self, provider: OidcProvider) -> "KeySet":
        """The keys by which the tokens of a provider are verified. Raises KeySetInvalid."""
        return _key_set(provider.key_set or json.dumps(self.of(provider).jwks()))


def outbound_names(directory: Directory) -> dict[str, str]:
    """The URLs of accounts' issuers, by the first label of their host."""
    urls = (account.outbound_issuer for account in directory.accounts.values())
    return {url.partition("://")[2].partition(".")[0]: url for url in urls if url is not None}


@lru_cache(maxsize=_READ)
def _key_set(text: str) -> "KeySet":
    from imds_sim.sts.federation.jose import KeySet

    return KeySet.read(json.loads(text))


def _hint(name: str, known: Iterable[str]) -> str:
    near = get_close_matches(name, known, n=1)
    return f"did you mean {near[0]}?" if near else f"there are {', '.join(known) or 'none'}"
