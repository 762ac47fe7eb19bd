"""`user-data`: the raw bytes given at launch; nothing, and not listed, if none were.

Source: EC2 User Guide, "Run commands at launch"; the content type from a recording of 2023.
"""

from collections.abc import Mapping

from imds_sim.imds.tree import Content, Leaf, Node
from imds_sim.imds.view import View


def _user_data(view: View) -> Content | None:
    raw = view.instance.user_data
    return None if raw is None else Content(raw, "application/octet-stream")


NODES: Mapping[str, Node[View]] = {"user-data": Leaf(_user_data)}
