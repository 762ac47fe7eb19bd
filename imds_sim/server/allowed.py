"""Which clients may connect at all: decided by address, before a byte is read."""

import logging
from collections.abc import Callable
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address

log = logging.getLogger(__name__)

TOLD_EVERY = 60.0  # seconds between two lines about one address
TOLD = 1024  # addresses of which it is known when they were told; beyond that nothing is told

Prefixes = tuple[IPv4Network | IPv6Network, ...]


class AllowedClients:
    """Keeps the prefixes, and of a bounded number of refused addresses when they were logged.

    `time` is monotonic, in seconds.
    """

    def __init__(self, time: Callable[[], float]) -> None:
        self._time = time
        self._told: dict[str, float] = {}  # since when, the longest first
        self.prefixes: Prefixes = ()

    def admits(self, peer: str) -> bool:
        """Whether a client with that address may connect; empty for one on a unix socket.

        This machine is no exception: who leaves it out of the list means it.
        """
        if not self.prefixes or not peer:
            return True
        address = ip_address(peer)
        if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
            address = address.ipv4_mapped
        return any(address in prefix for prefix in self.prefixes)

    def tell_refused(self, peer: str) -> None:
        """Log that a client was refused, at most once a minute for an address."""
        now = self._time()
        while self._told and now - next(iter(self._told.values())) >= TOLD_EVERY:
            del self._told[next(iter(self._told))]
        if peer in self._told or len(self._told) >= TOLD:
            return
        self._told[peer] = now
        log.warning("connections.client_not_allowed", extra={"client": peer})
