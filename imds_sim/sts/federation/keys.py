"""The private keys of issuers: made when they are first needed, kept by whoever keeps state."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from imds_sim.sts.federation.jose import SigningKey


class KeyKeeper(Protocol):
    """Keeps private keys under names. The core has no files: the shell hands a keeper in."""

    def kept(self, name: str, make: Callable[[], str]) -> str:
        """What is kept under `name`; what `make` gives, and from now on kept, the first time."""
        ...


class ProcessKeys:
    """Keeps keys as long as the process lives. Names belong to issuers, which bounds them."""

    def __init__(self) -> None:
        self._kept: dict[str, str] = {}

    def kept(self, name: str, make: Callable[[], str]) -> str:
        if name not in self._kept:
            self._kept[name] = make()
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

    return SigningKey.read(keeper.kept(f"{owner} {algorithm}", make))
