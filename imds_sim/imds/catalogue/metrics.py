"""`metrics/`: what is left of vhostmd, an XML declaration.

Source: EC2 User Guide, "Instance metadata categories"; the value from cloud-init's recordings.
"""

from collections.abc import Mapping

from imds_sim.imds.tree import Directory, Node, text
from imds_sim.imds.view import View

NODES: Mapping[str, Node[View]] = {
    "metrics": Directory(
        {"vhostmd": text(lambda _: '<?xml version="1.0" encoding="UTF-8"?>', since="2011-05-01")}
    )
}
