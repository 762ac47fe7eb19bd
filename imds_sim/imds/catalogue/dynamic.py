"""`dynamic/`: monitoring and the instance identity document.

Source: EC2 User Guide, "Instance metadata categories" and "Instance identity documents".
"""

from collections.abc import Mapping

from imds_sim.imds.tree import Content, Directory, Leaf, Node, text
from imds_sim.imds.view import View

SINCE = "2009-04-04"


def _document(view: View) -> Content:
    return view.documents.identity.of(view.instance.name, view.instance)


def _monitoring(view: View) -> str:
    return "enabled" if view.instance.launch.monitoring else "disabled"


NODES: Mapping[str, Node[View]] = {
    "fws": Directory({"instance-monitoring": text(_monitoring, SINCE)}),
    "instance-identity": Directory({"document": Leaf(_document, SINCE)}),
}
