"""Names, addresses and security groups of the instance, which are those of its eth0.

Source: EC2 User Guide, "Instance metadata categories".
"""

from collections.abc import Mapping

from imds_sim.imds.tree import Node, text
from imds_sim.imds.view import View
from imds_sim.workloads.instance import NetworkInterface


def _eth0(view: View) -> NetworkInterface:
    return view.instance.interfaces[0]


NODES: Mapping[str, Node[View]] = {
    "hostname": text(lambda view: _eth0(view).private_hostname),
    "ipv6": text(lambda view: next(iter(_eth0(view).ipv6s), None), since="2021-01-03"),
    "local-hostname": text(lambda view: _eth0(view).private_hostname, since="2007-01-19"),
    "local-ipv4": text(lambda view: _eth0(view).private_ipv4),
    "mac": text(lambda view: _eth0(view).mac, since="2011-01-01"),
    "public-hostname": text(lambda view: _eth0(view).public_hostname, since="2007-01-19"),
    "public-ipv4": text(
        lambda view: next(iter(_eth0(view).public_ipv4s), None), since="2007-01-19"
    ),
    "security-groups": text(lambda view: "\n".join(_eth0(view).security_groups)),
}
