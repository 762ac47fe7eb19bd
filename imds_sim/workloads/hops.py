"""How far the answer that carries a metadata token may travel.

Source: EC2 User Guide, "Use the Instance Metadata Service": HttpPutResponseHopLimit is the IP TTL
of that answer; a forwarding host takes one off, and what arrives at zero is lost without a word.
"""

from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address

from imds_sim.kernel.exchange import Connection

MOST_HOPS = 64


class HopMode(StrEnum):
    """Who counts the hops."""

    WIRE = "wire"
    VIRTUAL = "virtual"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class HopLimit:
    """`local` are clients that stand for the instance itself, where hops are virtual."""

    mode: HopMode = HopMode.WIRE
    local: tuple[IPv4Network | IPv6Network, ...] = ()

    def hops(self, limit: int, connection: Connection) -> int | None:
        """What to put on the packets of the answer; 0 never arrives, None is no limit at all.

        This machine may be the host whose bridge a container is on. Its packets are not forwarded
        then, though on EC2 they would be: virtually they are a hop short.
        """
        if self.mode is HopMode.OFF or not connection.peer:
            return None
        if self.mode is HopMode.WIRE or self._is_on_instance(connection):
            return limit
        return limit - 1

    def needed(self, connection: Connection) -> int | None:
        """The least limit whose answers reach the client.

        None where there is no limit, or nobody can tell how far away the client is.
        """
        if self.mode is HopMode.OFF or connection.hops is None:
            return None
        is_virtual = self.mode is HopMode.VIRTUAL and not self._is_on_instance(connection)
        return connection.hops + 1 + is_virtual

    def _is_on_instance(self, connection: Connection) -> bool:
        # A client on the same machine comes from the very address that it connects to.
        if connection.peer == connection.local:
            return True
        address = ip_address(connection.peer)
        if isinstance(address, IPv6Address) and address.ipv4_mapped:
            address = address.ipv4_mapped
        return address.is_loopback or any(address in network for network in self.local)


BY_THE_NETWORK = HopLimit()


def is_lost(hops: int, connection: Connection) -> bool:
    """Whether an answer that may travel so far ends on its way; a router takes one off."""
    return hops == 0 or (connection.hops is not None and hops <= connection.hops)


def is_ipv6_endpoint(local: str) -> bool:
    """Whether `local` plays fd00:ec2::254; ::1 stands for any endpoint, as 127.0.0.1 does."""
    if ":" not in local:
        return False
    address = ip_address(local.partition("%")[0])
    assert isinstance(address, IPv6Address)
    return address.ipv4_mapped is None and not address.is_loopback
