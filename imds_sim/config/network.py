"""Network interfaces of the file; what they leave out follows from what they say.

Source: Amazon VPC User Guide, "Subnet CIDR blocks": an instance's addresses are in its subnet, the
subnet is in the VPC.
"""

from collections.abc import Mapping
from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network, IPv6Network

from imds_sim.config.default_vpc import VPC, DefaultVpc
from imds_sim.config.placement import private_hostname, public_hostname, resource_hostname
from imds_sim.config.schema.interfaces import NetworkInterfaceSection
from imds_sim.kernel.arn import dns_suffix_of
from imds_sim.kernel.identifiers import Identifiers
from imds_sim.workloads.instance import NetworkInterface

Sections = tuple[NetworkInterfaceSection, ...]


def device_numbers(sections: Sections) -> list[int]:
    """The number of each: its own, else its place in the list."""
    return [
        index if each.device_number is None else each.device_number
        for index, each in enumerate(sections)
    ]


def ipv4_blocks(section: NetworkInterfaceSection) -> tuple[IPv4Network, IPv4Network]:
    """Subnet and VPC of an interface that has private addresses."""
    subnet = section.subnet_ipv4_cidr or IPv4Network((section.private_ipv4s[0], 20), strict=False)
    return subnet, section.vpc_ipv4_cidr or IPv4Network((subnet.network_address, 16), strict=False)


def ipv6_blocks(section: NetworkInterfaceSection) -> tuple[IPv6Network, IPv6Network] | None:
    """Subnet and VPC of an interface with IPv6."""
    subnet = section.subnet_ipv6_cidr
    if subnet is None:
        if not section.ipv6s:
            return None
        subnet = IPv6Network((section.ipv6s[0], 64), strict=False)
    length = min(56, subnet.prefixlen)
    return subnet, section.vpc_ipv6_cidr or subnet.supernet(new_prefix=length)


class Network:
    """Builds the interfaces of the instances of one account and region."""

    def __init__(self, ids: Identifiers, account: str, region: str) -> None:
        self._ids = ids
        self._account = account
        self._region = region
        self._default = DefaultVpc(ids, account, region)

    def claim(self, sections: Sections, zone: str) -> None:
        """Keep addresses of the file from being given out; all are claimed before any is."""
        for section in sections:
            for address in section.private_ipv4s:
                self._default.claim(address, zone)

    def keep(self, taken: Mapping[str, str]) -> None:
        """Keep addresses from being given out; each with its zone."""
        for address, zone in taken.items():
            self._default.claim(IPv4Address(address), zone)

    def interfaces(
        self, name: str, sections: Sections, zone: str, instance_id: str, by_resource: bool = False
    ) -> tuple[NetworkInterface, ...]:
        """The interfaces of the instance `name`, eth0 first; `by_resource` names them by its id.

        In a subnet with IPv6 alone there is no other way: Amazon EC2 User Guide, "Hostname types".
        """
        if sections:
            built = [
                self._interface(name if number == 0 else f"{name} {number}", number, section, zone)
                for number, section in zip(device_numbers(sections), sections, strict=True)
            ]
        else:
            built = [self._default.interface(name, zone)]
        hostname = resource_hostname(instance_id, self._region)
        built = [
            replace(each, private_hostname=hostname)
            if by_resource or each.private_ipv4 is None
            else each
            for each in built
        ]
        return tuple(sorted(built, key=lambda each: each.device_number))

    def _interface(
        self, subject: str, number: int, section: NetworkInterfaceSection, zone: str
    ) -> NetworkInterface:
        if section.ipv6_only:
            found = self._ipv6_only(subject, section, zone)
        elif section.private_ipv4s:
            found = self._addressed(subject, section, zone)
        else:
            found = self._default.interface(subject, zone)
        groups = found.security_groups
        if section.security_groups is not None:
            groups = {
                group: given or self._group(group)
                for group, given in section.security_groups.items()
            }
        public = tuple(map(str, section.public_ipv4s))
        ipv6 = ipv6_blocks(section)
        return replace(
            found,
            id=section.id or found.id,
            mac=section.mac or found.mac,
            device_number=number,
            network_card_index=section.network_card_index,
            subnet_id=section.subnet_id or found.subnet_id,
            vpc_id=section.vpc_id or found.vpc_id,
            security_groups=groups,
            public_ipv4s=public,
            public_hostname=self._public_hostname(public[0]) if public else None,
            ipv6s=tuple(map(str, section.ipv6s)),
            subnet_ipv6_cidr=str(ipv6[0]) if ipv6 else None,
            vpc_ipv6_cidr=str(ipv6[1]) if ipv6 else None,
            ipv4_prefixes=tuple(map(str, section.ipv4_prefixes)),
            ipv6_prefixes=tuple(map(str, section.ipv6_prefixes)),
        )

    def _addressed(
        self, subject: str, section: NetworkInterfaceSection, zone: str
    ) -> NetworkInterface:
        subnet, vpc = ipv4_blocks(section)
        primary, *secondary = map(str, section.private_ipv4s)
        return NetworkInterface(
            id=self._default.interface_id(subject),
            mac=self._default.mac(subject),
            device_number=0,
            private_ipv4=primary,
            private_hostname=private_hostname(primary, self._region),
            subnet_id=self._default.subnet_id(zone, str(subnet)),
            subnet_ipv4_cidr=str(subnet),
            vpc_id=self._vpc_id(vpc),
            vpc_ipv4_cidr=str(vpc),
            security_groups={"default": self._group("default")},
            secondary_ipv4s=tuple(secondary),
        )

    def _ipv6_only(
        self, subject: str, section: NetworkInterfaceSection, zone: str
    ) -> NetworkInterface:
        blocks = ipv6_blocks(section)
        vpc = section.vpc_ipv4_cidr or VPC
        return NetworkInterface(
            id=self._default.interface_id(subject),
            mac=self._default.mac(subject),
            device_number=0,
            private_ipv4=None,
            private_hostname="",
            subnet_id=self._default.subnet_id(zone, str(blocks[0]) if blocks else ""),
            subnet_ipv4_cidr=None,
            vpc_id=self._vpc_id(vpc),
            vpc_ipv4_cidr=str(vpc),
            security_groups={"default": self._group("default")},
        )

    def _vpc_id(self, vpc: IPv4Network) -> str:
        if vpc == VPC:
            return self._default.id
        return self._ids.resource("vpc", self._account, self._region, str(vpc))

    def _group(self, name: str) -> str:
        return self._ids.resource("sg", self._account, self._region, name)

    def _public_hostname(self, address: str) -> str:
        return public_hostname(address, self._region, dns_suffix_of(self._region))
