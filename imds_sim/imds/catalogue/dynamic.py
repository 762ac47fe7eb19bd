"""`dynamic/`: monitoring and the instance identity document.

Source: EC2 User Guide, "Instance metadata categories" and "Instance identity documents".
"""

from collections.abc import Mapping

from imds_sim.imds.tree import Content, Directory, Leaf, Node, text
from imds_sim.imds.view import View

SINCE = "2009-04-04"


def _document(view: View) -> Content:
    return view.documents.identity.of(view.instance.name, view.instance)


NODES: Mapping[str, Node[View]] = {
    # Detailed monitoring is off unless a launch asks for it.
    "fws": Directory({"instance-monitoring": text(lambda _: "disabled", SINCE)}),
    "instance-identity": Directory({"document": Leaf(_document, SINCE)}),
}
