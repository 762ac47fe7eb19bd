"""What the launch brought: product codes, hibernation, kernel and RAM disk of old images.

Source: EC2 User Guide, "Instance metadata categories"; `hibernation/` is not documented, agents of
Amazon Linux read it.
"""

from collections.abc import Mapping

from imds_sim.imds.tree import Directory, Node, text
from imds_sim.imds.view import View


def _hibernation(view: View) -> str | None:
    configured = view.instance.launch.hibernation
    return None if configured is None else str(configured).lower()


NODES: Mapping[str, Node[View]] = {
    "ami-launch-index": text(lambda view: str(view.instance.launch.index)),
    "ancestor-ami-ids": text(
        lambda view: "\n".join(view.instance.launch.ancestor_image_ids) or None, "2007-10-10"
    ),
    "hibernation": Directory({"configured": text(_hibernation)}),
    "kernel-id": text(lambda view: view.instance.launch.kernel_id, "2008-02-01"),
    "product-codes": text(
        lambda view: "\n".join(view.instance.launch.product_codes) or None, "2007-03-01"
    ),
    # Not documented, nor since when; an image with a kernel of its own is paravirtual.
    "profile": text(
        lambda view: "default-paravirtual" if view.instance.launch.kernel_id else "default-hvm"
    ),
    "ramdisk-id": text(lambda view: view.instance.launch.ramdisk_id, "2007-10-10"),
}
