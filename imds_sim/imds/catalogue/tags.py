"""`tags/instance/KEY`: the instance's tags; nothing unless its metadata options enable them.

Source: EC2 User Guide, "View tags for your EC2 instances using instance metadata"; cloud-init's
recording for empty values.
"""

from collections.abc import Mapping

from imds_sim.imds.tree import Directory, Each, Node, text
from imds_sim.imds.view import View

SINCE = "2021-03-23"


def _by_key(view: View) -> dict[str, str]:
    instance = view.instance
    return dict(sorted(instance.tags.items())) if instance.options.instance_tags_enabled else {}


NODES: Mapping[str, Node[View]] = {
    "tags": Directory({"instance": Each(_by_key, text(lambda value: value, SINCE), since=SINCE)})
}
