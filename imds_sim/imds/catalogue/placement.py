"""`placement/`: where the instance runs.

Source: EC2 User Guide, "Instance metadata categories".
"""

from collections.abc import Mapping

from imds_sim.imds.tree import Directory, Node, text
from imds_sim.imds.view import View


def _partition_number(view: View) -> str | None:
    number = view.instance.placement.partition_number
    return None if number is None else str(number)


NODES: Mapping[str, Node[View]] = {
    "placement": Directory(
        {
            "availability-zone": text(
                lambda view: view.instance.availability_zone, since="2008-02-01"
            ),
            "availability-zone-id": text(
                lambda view: view.instance.availability_zone_id, since="2019-10-01"
            ),
            "group-name": text(lambda view: view.instance.placement.group_name, since="2020-08-24"),
            "host-id": text(lambda view: view.instance.placement.host_id, since="2020-08-24"),
            "partition-number": text(_partition_number, since="2020-08-24"),
            "region": text(lambda view: view.instance.region, since="2020-08-24"),
        }
    )
}
