"""`events/`: maintenance that is scheduled or over; with none, empty arrays.

Source: EC2 User Guide, "Scheduled events"; the idle values from cloud-init's recordings.
"""

from collections.abc import Mapping

from imds_sim.imds.tree import Directory, Node, text
from imds_sim.imds.view import View

SINCE = "2018-08-17"

NODES: Mapping[str, Node[View]] = {
    "events": Directory(
        {
            "maintenance": Directory(
                {
                    "history": text(lambda _: "[]", SINCE),
                    "scheduled": text(lambda _: "[]", SINCE),
                }
            )
        }
    )
}
