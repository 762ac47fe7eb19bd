"""`network/interfaces/macs/MAC/`: every attached network interface.

Source: EC2 User Guide, "Instance metadata categories".
"""

from collections.abc import Mapping
from dataclasses import dataclass

from imds_sim.imds.tree import Directory, Each, Node, text
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


INTERFACE: Directory[Attached] = Directory(
    {
        "device-number": text(lambda nic: str(nic.interface.device_number), SINCE),
        "interface-id": text(lambda nic: nic.interface.id, SINCE),
        "local-hostname": text(lambda nic: nic.interface.private_hostname, SINCE),
        "local-ipv4s": text(lambda nic: nic.interface.private_ipv4, SINCE),
        "mac": text(lambda nic: nic.interface.mac, SINCE),
        # No instance type with more than one network card is simulated.
        "network-card-index": text(lambda _: "0", "2020-11-01"),
        "owner-id": text(lambda nic: nic.account, SINCE),
        "security-group-ids": text(
            lambda nic: "\n".join(nic.interface.security_groups.values()), SINCE
        ),
        "security-groups": text(lambda nic: "\n".join(nic.interface.security_groups), SINCE),
        "subnet-id": text(lambda nic: nic.interface.subnet_id, SINCE),
        "subnet-ipv4-cidr-block": text(lambda nic: nic.interface.subnet_ipv4_cidr, SINCE),
        "vpc-id": text(lambda nic: nic.interface.vpc_id, SINCE),
        "vpc-ipv4-cidr-block": text(lambda nic: nic.interface.vpc_ipv4_cidr, SINCE),
        "vpc-ipv4-cidr-blocks": text(lambda nic: nic.interface.vpc_ipv4_cidr, "2016-06-30"),
    }
)

NODES: Mapping[str, Node[View]] = {
    "network": Directory({"interfaces": Directory({"macs": Each(_by_mac, INTERFACE, since=SINCE)})})
}
