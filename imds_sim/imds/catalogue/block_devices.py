"""`block-device-mapping/`: the root volume, and what else was attached at launch.

Source: EC2 User Guide, "Instance metadata categories"; `ami` and `root` have the `/dev/` in front.
"""

from collections.abc import Mapping

from imds_sim.imds.tree import Each, Node, text
from imds_sim.imds.view import View


def _devices(view: View) -> dict[str, str]:
    launch = view.instance.launch
    root = {"ami": launch.root_device, "root": launch.root_device}
    return dict(sorted({**root, **launch.block_devices}.items()))


NODES: Mapping[str, Node[View]] = {
    "block-device-mapping": Each(_devices, text(lambda name: name), since="2007-12-15")
}
