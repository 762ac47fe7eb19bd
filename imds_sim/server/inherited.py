"""Sockets that the service manager bound for us and keeps while we restart.

Source: sd_listen_fds(3), systemd.socket(5).
"""

import logging
import os
import socket
from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, Self, TypeVar

from imds_sim.kernel.address import Address, BoundAddress, DescriptorAddress
from imds_sim.kernel.exchange import Surface
from imds_sim.server.binding import bound_address
from imds_sim.simulator.world import World
from imds_sim.workloads.listener import Listener

log = logging.getLogger(__name__)

FIRST_DESCRIPTOR = 3
ADMIN = "admin"
PROBES = "probes"
AdminAddress = Address | Literal["auto"]
Place = TypeVar("Place", bound=AdminAddress)


@dataclass(frozen=True, slots=True)
class Offer:
    """One inherited socket, which listens already; `name` is its FileDescriptorName."""

    name: str
    address: BoundAddress
    socket: socket.socket


class Inherited:
    """The inherited sockets of this process; they stay open until it ends or `close_unused`."""

    def __init__(self, offers: Sequence[Offer] = ()) -> None:
        self._offers = list(offers)

    @classmethod
    def of(cls, environ: MutableMapping[str, str], pid: int) -> Self:
        """Take the sockets that LISTEN_FDS announces; a foreign LISTEN_PID means they are not ours.

        The variables are taken away and the descriptors closed for children.
        """
        said = {name: environ.pop(f"LISTEN_{name}", "") for name in ("PID", "FDS", "FDNAMES")}
        if said["PID"] != str(pid) or not said["FDS"].isdecimal():
            return cls()
        names = said["FDNAMES"].split(":")
        offers = []
        for index in range(int(said["FDS"])):
            number = FIRST_DESCRIPTOR + index
            name = names[index] if index < len(names) and names[index] else "unknown"
            if (offer := _offer(name, number)) is not None:
                offers.append(offer)
        return cls(offers)

    def __bool__(self) -> bool:
        return bool(self._offers)

    def sockets(self) -> dict[Address, socket.socket]:
        """The sockets by where they are bound."""
        return {offer.address: offer.socket for offer in self._offers}

    def placed(self, world: World) -> tuple[Listener, ...]:
        """The listeners of `world`, with what was inherited in the place of what it asks for.

        A descriptor named like a key of `listen` replaces that key's list; one bound to an address
        of an instance is that instance's. Once there is any, a surface without one is off unless
        the configuration lists addresses for it.
        """
        own = {each.address: each for each in world.listeners if each.instance is not None}
        placed = [
            own.get(offer.address, Listener(surface, offer.address))
            if surface is Surface.IMDS
            else Listener(surface, offer.address)
            for surface in Surface
            for offer in self._named(surface.value)
        ]
        for listener in world.listeners:
            if isinstance(listener.address, DescriptorAddress):
                placed += self._in_place_of(listener, listener.address)
            elif listener.instance is not None:
                placed += [] if listener in placed else [listener]
            elif not self._replaces(listener, world):
                placed.append(listener)
        return tuple(placed)

    def switched_off(self, world: World) -> tuple[Surface, ...]:
        """The surfaces of which no socket was inherited and no address is listed."""
        if not self._offers:
            return ()
        return tuple(s for s in Surface if s in world.by_default and not self._named(s.value))

    def placed_admin(self, addresses: Sequence[AdminAddress]) -> tuple[AdminAddress, ...]:
        """The same for the control surface."""
        return self._placed(ADMIN, addresses)

    def placed_probes(self, addresses: Sequence[Address]) -> tuple[Address, ...]:
        """The same for what answers probes."""
        return self._placed(PROBES, addresses)

    def close_unused(self, used: Sequence[BoundAddress]) -> None:
        """Close what nothing listens on, lest its clients wait for ever."""
        for offer in [each for each in self._offers if each.address not in used]:
            log.warning(
                "socket.unused", extra={"fd_name": offer.name, "address": str(offer.address)}
            )
            offer.socket.close()
            self._offers.remove(offer)

    def _named(self, name: str) -> list[Offer]:
        return [offer for offer in self._offers if offer.name == name]

    def _placed(self, name: str, addresses: Sequence[Place]) -> tuple[Place | BoundAddress, ...]:
        """The sockets of that name, else the addresses, `fd:NAME` exchanged for what it means."""
        if own := self._named(name):
            return tuple(offer.address for offer in own)
        placed: list[Place | BoundAddress] = []
        for address in addresses:
            found = self._named(address.name) if isinstance(address, DescriptorAddress) else []
            placed.extend([offer.address for offer in found] or [address])
        return tuple(placed)

    def _in_place_of(self, listener: Listener, address: DescriptorAddress) -> list[Listener]:
        """The sockets of that name; without one the listener stays, and cannot be bound."""
        named = self._named(address.name)
        return [replace(listener, address=offer.address) for offer in named] or [listener]

    def _replaces(self, listener: Listener, world: World) -> bool:
        """Whether an inherited socket, or the lack of one, stands in for a shared listener."""
        surface = listener.surface
        return bool(self._named(surface.value)) or surface in self.switched_off(world)


def _offer(name: str, number: int) -> Offer | None:
    try:
        os.set_inheritable(number, False)
        inherited = socket.socket(fileno=number)
        inherited.setblocking(False)
        listens = inherited.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
    except OSError as error:
        log.warning("socket.not_inherited", extra={"fd_name": name, "reason": error.strerror})
        return None
    if inherited.type != socket.SOCK_STREAM or not listens:
        log.warning("socket.not_inherited", extra={"fd_name": name, "reason": "does not listen"})
        inherited.close()
        return None
    return Offer(name, bound_address(inherited), inherited)
