"""Private keys that outlive the process: the core asks for them by name and knows no files."""

from typing import Protocol

from imds_sim.kernel.errors import SimError
from imds_sim.kernel.secret import Secret


class KeyUnusable(SimError):
    """A key that is kept cannot be read, or a new one not kept; the message names the cure."""

    exit_status = 77


class KeyStore(Protocol):
    """Keeps PEM by name: a private key, with what belongs to it. Asked once for each, then held.

    Names are made of letters, digits and hyphens. Both methods raise KeyUnusable.
    """

    def get(self, name: str) -> Secret | None:
        """What was put under this name, by this process or an earlier one."""
        ...

    def put(self, name: str, pem: Secret) -> None:
        """Keep `pem`, whole or not at all."""
        ...


class KeysInMemory:
    """Keeps keys as long as the process lives; as many as the configuration gives reason for."""

    def __init__(self) -> None:
        self._kept: dict[str, Secret] = {}

    def get(self, name: str) -> Secret | None:
        return self._kept.get(name)

    def put(self, name: str, pem: Secret) -> None:
        self._kept[name] = pem
