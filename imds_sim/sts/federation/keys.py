"""The private keys of issuers: made when they are first needed, read once."""

from functools import lru_cache
from typing import TYPE_CHECKING

from imds_sim.kernel.keys import KeyKeeper

if TYPE_CHECKING:
    from imds_sim.sts.federation.jose import SigningKey

_READ = 64  # keys that are kept ready to sign: reading one takes a millisecond


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
