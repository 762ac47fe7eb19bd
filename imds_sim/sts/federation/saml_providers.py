"""The SAML providers of a world: whose keys count, and those that are built in at work."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import lru_cache
from typing import TYPE_CHECKING

from imds_sim.iam.directory import Directory
from imds_sim.iam.entities import SamlProvider
from imds_sim.kernel.clock import Clock
from imds_sim.kernel.entropy import Entropy
from imds_sim.kernel.keys import KeyKeeper
from imds_sim.sts.errors import StsError

if TYPE_CHECKING:
    from imds_sim.sts.federation.saml_identity_provider import SamlIdentityProvider
    from imds_sim.sts.federation.saml_keys import SamlKey

_READ = 64  # keys that are kept ready to sign


class SamlProviderUnknown(StsError):
    """No SAML provider of this name is built in."""


@dataclass(frozen=True, slots=True)
class SamlProviders:
    """Finds providers and their keys in one directory."""

    directory: Directory
    keys: KeyKeeper = field(repr=False)
    clock: Clock
    entropy: Entropy = field(repr=False)

    def certificates(self, provider: SamlProvider) -> tuple[str, ...]:
        """The certificates (PEM) of the keys that may sign for a provider."""
        return provider.certificates or (self._key(provider).certificate,)

    def built_in(self, name: str) -> "SamlIdentityProvider":
        """The built-in identity provider of a name or an ARN. Raises SamlProviderUnknown."""
        from imds_sim.sts.federation.saml_identity_provider import SamlIdentityProvider

        known = {
            provider.name: provider
            for provider in self.directory.saml_providers.values()
            if provider.is_built_in
        }
        for provider in known.values():
            if name in (provider.name, provider.arn):
                return SamlIdentityProvider(provider, self._key(provider), self.clock, self.entropy)
        raise SamlProviderUnknown(f"no SAML provider {name!r} is built in; {_hint(name, known)}")

    def _key(self, provider: SamlProvider) -> "SamlKey":
        from imds_sim.sts.federation.saml_keys import SamlKey

        def make() -> str:
            return SamlKey.generate(provider.name, self.clock.now()).kept().reveal()

        return _read(self.keys.kept(f"saml-idp {provider.arn}", make))


@lru_cache(maxsize=_READ)
def _read(kept: str) -> "SamlKey":
    from imds_sim.sts.federation.saml_keys import SamlKey

    return SamlKey.read(kept)


def _hint(name: str, known: Iterable[str]) -> str:
    near = get_close_matches(name, known, n=1)
    return f"did you mean {near[0]}?" if near else f"there are {', '.join(known) or 'none'}"
