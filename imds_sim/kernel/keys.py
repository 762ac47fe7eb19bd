"""Private keys: made when they are first needed, kept by whoever keeps state."""

from collections.abc import Callable
from typing import Protocol

from imds_sim.kernel.errors import SimError


class KeyUnusable(SimError):
    """A private key that is kept cannot be used, or a new one not kept; the message says why."""

    exit_status = 77


class KeyKeeper(Protocol):
    """Keeps private keys under names. The core has no files: the shell hands a keeper in."""

    def kept(self, name: str, make: Callable[[], str]) -> str:
        """What is kept under `name`; what `make` gives, and from now on kept, the first time.

        Raises KeyUnusable.
        """
        ...


class ProcessKeys:
    """Keeps keys as long as the process lives. Names belong to the configuration: a bound.

    What is not here is asked of `behind`, which keeps them longer.
    """

    def __init__(self, behind: KeyKeeper | None = None) -> None:
        self._kept: dict[str, str] = {}
        self._behind = behind

    def kept(self, name: str, make: Callable[[], str]) -> str:
        if name not in self._kept:
            self._kept[name] = self._behind.kept(name, make) if self._behind else make()
        return self._kept[name]
