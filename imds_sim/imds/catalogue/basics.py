"""What an instance is: image, type, reservation, life cycle.

Source: EC2 User Guide, "Instance metadata categories"; cloud-init's recordings for
`ami-manifest-path`.
"""

from collections.abc import Mapping

from imds_sim.imds.tree import Node, text
from imds_sim.imds.view import View
from imds_sim.workloads.instance import Family

NODES: Mapping[str, Node[View]] = {
    "ami-id": text(lambda view: view.instance.image_id),
    # What an image on EBS has; images in S3 went with the last instance types that boot them.
    "ami-manifest-path": text(lambda _: "(unknown)"),
    "instance-action": text(lambda _: "none", since="2008-09-01"),
    "instance-id": text(lambda view: view.instance.id),
    "instance-life-cycle": text(lambda view: view.instance.purchased_as, since="2019-10-01"),
    "instance-type": text(lambda view: view.instance.instance_type, since="2007-08-29"),
    "reservation-id": text(lambda view: view.instance.reservation_id),
    # Not documented; on current Nitro instances, not on those recorded in 2020.
    "system": text(
        lambda view: "nitro" if view.instance.family is Family.NITRO else None, since="2022-09-24"
    ),
}
