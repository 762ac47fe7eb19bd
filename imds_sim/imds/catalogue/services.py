"""`services/`: the partition and its domain.

Source: EC2 User Guide, "Instance metadata categories".
"""

from collections.abc import Mapping

from imds_sim.imds.tree import Directory, Node, text
from imds_sim.imds.view import View

NODES: Mapping[str, Node[View]] = {
    "services": Directory(
        {
            "domain": text(lambda view: view.instance.dns_suffix, since="2014-02-25"),
            "partition": text(lambda view: view.instance.partition, since="2015-10-20"),
        }
    )
}
