"""The private keys of issuers: made when they are first needed, kept by whoever keeps state."""

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from imds_sim.sts.federation.jose import SigningKey

_READ = 64  # keys that are kept ready to sign: reading one takes a millisecond


class KeyKeeper(Protocol):
    """Keeps private keys under names. The core has no files: the shell hands a keeper in."""

    def kept(self, name: str, make: Callable[[], str]) -> str:
        """What is kept under `name`; what `make` gives, and from now on kept, the first time."""
        ...


class ProcessKeys:
    """Keeps keys as long as the process lives. Names belong to issuers, which bounds them.

    What is not here is asked of `behind`, which keeps them longer.
    """

    def __init__(self, behind: KeyKeeper | None = None) -> None:
        self._kept: dict[str, str] = {}
        self._behind = behind

    def kept(self, name: str, make: Callable[[], str]) -> str:
        if name not in self._kept:
            self._kept[name] = self._behind.kept(name, make) if self._behind else make()
        return self._kept[name]


def signing_key(
    keeper: KeyKeeper, owner: str, algorithm: str, kid: str | None = None
) -> "SigningKey":
    """The key with which `owner`, an issuer's URL, signs under `algorithm`. Raises KeySetInvalid.

    The first call takes tens of milliseconds: the library is loaded and the key is made.
    """
    from imds_sim.sts.federation.jose import SigningKey

    def make() -> str:
        return SigningKey.generate(algorithm, kid).kept().reveal()

    return _read(keeper.kept(f"{owner} {algorithm}", make))


@lru_cache(maxsize=_READ)
def _read(kept: str) -> "SigningKey":
    from imds_sim.sts.federation.jose import SigningKey

    return SigningKey.read(kept)
