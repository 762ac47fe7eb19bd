"""`block-device-mapping/`: the devices that the image and the root volume are on.

Source: EC2 User Guide, "Instance metadata categories"; these two have the `/dev/` in front.
"""

from collections.abc import Mapping

from imds_sim.imds.tree import Directory, Node, text
from imds_sim.imds.view import View

ROOT_DEVICE = "/dev/xvda"  # as Amazon Linux images name it

NODES: Mapping[str, Node[View]] = {
    "block-device-mapping": Directory(
        {
            "ami": text(lambda _: ROOT_DEVICE, since="2007-12-15"),
            "root": text(lambda _: ROOT_DEVICE, since="2007-12-15"),
        }
    )
}
