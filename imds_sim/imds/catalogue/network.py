"""`network/interfaces/macs/MAC/`: every attached network interface.

Source: EC2 User Guide, "Instance metadata categories".
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import IPv6Network

from imds_sim.imds.tree import Content, Directory, Each, Leaf, Node, text
from imds_sim.imds.view import View
from imds_sim.workloads.instance import NetworkInterface

SINCE = "2011-01-01"  # the build that brought the subtree


@dataclass(frozen=True, slots=True)
class Attached:
    """An interface and the account that owns it."""

    interface: NetworkInterface
    account: str


def _by_mac(view: View) -> dict[str, Attached]:
    interfaces = sorted(view.instance.interfaces, key=lambda interface: interface.mac)
    return {each.mac: Attached(each, view.instance.account) for each in interfaces}


def _public(attached: Attached) -> dict[str, str]:
    interface = attached.interface
    return dict(sorted(zip(interface.public_ipv4s, interface.private_ipv4s, strict=False)))


def _lines(read: Callable[[NetworkInterface], tuple[str, ...]], since: str) -> Leaf[Attached]:
    """A value in each line; without any the leaf is missing."""

    def content(attached: Attached) -> Content | None:
        values = read(attached.interface)
        return Content("\n".join(values).encode()) if values else None

    return Leaf(content, since)


def _subnet_ipv6(attached: Attached) -> str | None:
    interface = attached.interface
    cidr = interface.subnet_ipv6_cidr
    if cidr is None or interface.private_ipv4 is not None:
        return cidr
    # As recorded on an instance with IPv6 alone: `2600:1f16:67f:f201:0:0:0:0/64`.
    network = IPv6Network(cidr)
    groups = network.network_address.exploded.split(":")
    return f"{':'.join(f'{int(group, 16):x}' for group in groups)}/{network.prefixlen}"


INTERFACE: Directory[Attached] = Directory(
    {
        "device-number": text(lambda nic: str(nic.interface.device_number), SINCE),
        "interface-id": text(lambda nic: nic.interface.id, SINCE),
        "ipv4-associations": Each(_public, text(lambda private: private, SINCE), since=SINCE),
        # The prefixes are known from amazon-vpc-cni-k8s alone.
        "ipv4-prefix": _lines(lambda nic: nic.ipv4_prefixes, SINCE),
        "ipv6-prefix": _lines(lambda nic: nic.ipv6_prefixes, SINCE),
        "ipv6s": _lines(lambda nic: nic.ipv6s, "2016-06-30"),
        "local-hostname": text(lambda nic: nic.interface.private_hostname, SINCE),
        "local-ipv4s": _lines(lambda nic: nic.private_ipv4s, SINCE),
        "mac": text(lambda nic: nic.interface.mac, SINCE),
        "network-card-index": text(lambda nic: str(nic.interface.network_card_index), "2020-11-01"),
        "owner-id": text(lambda nic: nic.account, SINCE),
        "public-hostname": text(lambda nic: nic.interface.public_hostname, SINCE),
        "public-ipv4s": _lines(lambda nic: nic.public_ipv4s, SINCE),
        "security-group-ids": text(
            lambda nic: "\n".join(nic.interface.security_groups.values()), SINCE
        ),
        "security-groups": text(lambda nic: "\n".join(nic.interface.security_groups), SINCE),
        "subnet-id": text(lambda nic: nic.interface.subnet_id, SINCE),
        "subnet-ipv4-cidr-block": text(lambda nic: nic.interface.subnet_ipv4_cidr, SINCE),
        "subnet-ipv6-cidr-blocks": text(_subnet_ipv6, "2016-06-30"),
        "vpc-id": text(lambda nic: nic.interface.vpc_id, SINCE),
        "vpc-ipv4-cidr-block": text(lambda nic: nic.interface.vpc_ipv4_cidr, SINCE),
        "vpc-ipv4-cidr-blocks": text(lambda nic: nic.interface.vpc_ipv4_cidr, "2016-06-30"),
        "vpc-ipv6-cidr-blocks": text(lambda nic: nic.interface.vpc_ipv6_cidr, "2016-06-30"),
    }
)

NODES: Mapping[str, Node[View]] = {
    "network": Directory({"interfaces": Directory({"macs": Each(_by_mac, INTERFACE, since=SINCE)})})
}
