"""Network interfaces of an instance.

Source: EC2 User Guide, "Elastic network interfaces"; Amazon VPC User Guide, "Subnet CIDR blocks".
"""

from collections.abc import Callable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Annotated, TypeVar

from pydantic import Field, PlainValidator, WithJsonSchema

from imds_sim.config.schema.section import Section
from imds_sim.config.schema.text import Truth, matching, shown, text_of, whole_number

MAX_DEVICE_NUMBER = 31

Network = TypeVar("Network", IPv4Network, IPv6Network)


def _ipv4(value: object) -> IPv4Address:
    text = text_of(value)
    try:
        return IPv4Address(text)
    except ValueError:
        raise ValueError(f"{shown(text)} is not an IPv4 address") from None


def _ipv6(value: object) -> IPv6Address:
    text = text_of(value)
    if "%" not in text:
        try:
            return IPv6Address(text)
        except ValueError:
            pass
    raise ValueError(f"{shown(text)} is not an IPv6 address")


def _block(
    read: Callable[[str], Network], shortest: int, longest: int, example: str
) -> Callable[[object], Network]:
    """Reads a CIDR block whose length is one of those that EC2 gives subnets and VPCs."""

    def block(value: object) -> Network:
        text = text_of(value)
        try:
            network = read(text)
        except ValueError:
            raise ValueError(f"{shown(text)} is not a block like {example}") from None
        if not shortest <= network.prefixlen <= longest:
            raise ValueError(f"{shown(text)}: blocks are from /{shortest} to /{longest}")
        return network

    return block


def _prefix(read: Callable[[str], Network], bits: int, example: str) -> Callable[[object], Network]:
    """Reads a delegated prefix, which has one length alone."""

    def prefix(value: object) -> Network:
        text = text_of(value)
        try:
            network = read(text)
            if network.prefixlen == bits:
                return network
        except ValueError:
            pass
        raise ValueError(f"{shown(text)} is not a prefix of {bits} bits like {example}")

    return prefix


def _device_number(value: object) -> int:
    number = whole_number(value)
    if not 0 <= number <= MAX_DEVICE_NUMBER:
        raise ValueError(f"{number} is not a device number; allowed: 0 to {MAX_DEVICE_NUMBER}")
    return number


def _pattern(pattern: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": f"^({pattern})$"})


_TEXT = WithJsonSchema({"type": "string"})
_HEX = "[0-9a-f]{8}([0-9a-f]{9})?"
_INTERFACE, _SUBNET, _VPC, _GROUP = (f"{kind}-{_HEX}" for kind in ("eni", "subnet", "vpc", "sg"))
_MAC = "[0-9a-f]{2}(:[0-9a-f]{2}){5}"
_GROUP_NAME = r"[A-Za-z0-9 ._\-:/()#,@\[\]+=&;{}!$*]{1,255}"  # EC2 API, CreateSecurityGroup

InterfaceId = Annotated[
    str,
    PlainValidator(matching(_INTERFACE, "an interface id; write eni- and 8 or 17 of 0-9a-f")),
    _pattern(_INTERFACE),
]
SubnetId = Annotated[
    str,
    PlainValidator(matching(_SUBNET, "a subnet id; write subnet- and 8 or 17 of 0-9a-f")),
    _pattern(_SUBNET),
]
VpcId = Annotated[
    str,
    PlainValidator(matching(_VPC, "a VPC id; write vpc- and 8 or 17 of 0-9a-f")),
    _pattern(_VPC),
]
GroupId = Annotated[
    str,
    PlainValidator(matching(_GROUP, "a security group id; write sg- and 8 or 17 of 0-9a-f")),
    _pattern(_GROUP),
]
GroupName = Annotated[
    str,
    PlainValidator(matching(_GROUP_NAME, "a security group name: 1 to 255 characters as in EC2")),
    WithJsonSchema({"type": "string", "minLength": 1, "maxLength": 255}),
]
Mac = Annotated[
    str,
    PlainValidator(matching(_MAC, "a MAC address; write it like 02:29:96:8f:6a:2d")),
    _pattern(_MAC),
]
DeviceNumber = Annotated[
    int,
    PlainValidator(_device_number),
    WithJsonSchema({"type": "integer", "minimum": 0, "maximum": MAX_DEVICE_NUMBER}),
]
Ipv4 = Annotated[IPv4Address, PlainValidator(_ipv4), _TEXT]
Ipv6 = Annotated[IPv6Address, PlainValidator(_ipv6), _TEXT]
Ipv4Block = Annotated[
    IPv4Network, PlainValidator(_block(IPv4Network, 16, 28, "10.0.0.0/20")), _TEXT
]
Ipv6Block = Annotated[
    IPv6Network, PlainValidator(_block(IPv6Network, 44, 64, "2001:db8:0:1::/64")), _TEXT
]
Ipv4Prefix = Annotated[
    IPv4Network,
    PlainValidator(_prefix(IPv4Network, 28, "10.0.1.16/28")),
    _TEXT,
]
Ipv6Prefix = Annotated[
    IPv6Network, PlainValidator(_prefix(IPv6Network, 80, "2001:db8:0:1:2::/80")), _TEXT
]


class NetworkInterfaceSection(Section):
    """A network interface; what it does not say is derived and in the default VPC."""

    id: InterfaceId | None = Field(None, description="Interface id. Default: derived.")
    mac: Mac | None = Field(None, description="MAC address in lower case. Default: derived.")
    device_number: DeviceNumber | None = Field(
        None, description="Device number; eth0 is 0. Default: the place in the list."
    )
    network_card_index: DeviceNumber = Field(
        0, description="Network card, of types that have several. Default: 0."
    )
    ipv6_only: Truth = Field(
        False, description="Whether its subnet has IPv6 alone; needs ipv6s. Default: false."
    )
    private_ipv4s: Annotated[tuple[Ipv4, ...], Field(strict=False)] = Field(
        (), description="Private addresses, the primary one first. Default: one, derived."
    )
    public_ipv4s: Annotated[tuple[Ipv4, ...], Field(strict=False)] = Field(
        (),
        description="Public addresses; each stands for the private one at its place. Default: [].",
    )
    ipv6s: Annotated[tuple[Ipv6, ...], Field(strict=False)] = Field(
        (), description="IPv6 addresses. Default: []."
    )
    ipv4_prefixes: Annotated[tuple[Ipv4Prefix, ...], Field(strict=False)] = Field(
        (), description="Delegated prefixes of 28 bits. Default: []."
    )
    ipv6_prefixes: Annotated[tuple[Ipv6Prefix, ...], Field(strict=False)] = Field(
        (), description="Delegated prefixes of 80 bits. Default: []."
    )
    subnet_id: SubnetId | None = Field(None, description="Subnet id. Default: derived.")
    subnet_ipv4_cidr: Ipv4Block | None = Field(
        None, description="IPv4 block of the subnet. Default: the /20 of the primary address."
    )
    subnet_ipv6_cidr: Ipv6Block | None = Field(
        None, description="IPv6 block of the subnet. Default: the /64 of the first IPv6 address."
    )
    vpc_id: VpcId | None = Field(None, description="VPC id. Default: derived.")
    vpc_ipv4_cidr: Ipv4Block | None = Field(
        None, description="IPv4 block of the VPC. Default: the /16 of the subnet."
    )
    vpc_ipv6_cidr: Ipv6Block | None = Field(
        None, description="IPv6 block of the VPC. Default: the /56 of the subnet."
    )
    security_groups: dict[GroupName, GroupId | None] | None = Field(
        None,
        description="Security group name to id; null derives the id. Default: {default: null}.",
    )
