"""`identity-credentials/ec2/`: the credentials of the instance identity role, which all have.

Source: EC2 User Guide, "Instance metadata categories" and "Instance identity roles"; members of
`info` from cloud-init's recordings, their order inferred from `iam/info`.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from imds_sim.credentials.provider import CredentialSet, Delivery, Refused
from imds_sim.imds.layout import document
from imds_sim.imds.tree import Content, Directory, Leaf, Node
from imds_sim.imds.view import View
from imds_sim.kernel.timestamps import iso_seconds

SINCE = "2018-09-24"  # 2018-05-23 in the guide; the first build with it that is listed


def _info(view: View) -> Content | None:
    updated_at = _updated_at(view.identity_credentials())
    if updated_at is None:
        return None
    members = {
        "Code": "Success",
        "LastUpdated": iso_seconds(updated_at),
        "AccountId": view.instance.account,
    }
    return Content(document(members), updated_at=updated_at)


def _credentials(view: View) -> Content | None:
    held = view.identity_credentials()
    if held is None:
        return None
    key = view.instance.name, Delivery.INSTANCE_IDENTITY
    return replace(view.documents.credentials.of(key, held), updated_at=_updated_at(held))


def _updated_at(held: CredentialSet | Refused | None) -> datetime | None:
    """When the set was delivered, or refused by a fault: AWS refuses it to nobody."""
    match held:
        case CredentialSet(issued_at=moment) | Refused(refused_at=moment):
            return moment
        case None:
            return None


NODES: Mapping[str, Node[View]] = {
    "identity-credentials": Directory(
        {
            "ec2": Directory(
                {
                    "info": Leaf(_info, SINCE, always=True),
                    "security-credentials": Directory(
                        {"ec2-instance": Leaf(_credentials, SINCE, always=True)}
                    ),
                }
            )
        }
    )
}
