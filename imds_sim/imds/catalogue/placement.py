"""`placement/`: where the instance runs.

Source: EC2 User Guide, "Instance metadata categories".
"""

from collections.abc import Mapping

from imds_sim.imds.tree import Directory, Node, text
from imds_sim.imds.view import View

NODES: Mapping[str, Node[View]] = {
    "placement": Directory(
        {
            "availability-zone": text(
                lambda view: view.instance.availability_zone, since="2008-02-01"
            ),
            "availability-zone-id": text(
                lambda view: view.instance.availability_zone_id, since="2019-10-01"
            ),
            "region": text(lambda view: view.instance.region, since="2020-08-24"),
        }
    )
}
