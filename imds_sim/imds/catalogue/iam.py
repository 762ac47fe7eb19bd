"""`iam/`: the instance profile and the credentials of its role; nothing without a profile.

Source: EC2 User Guide, "IAM roles for Amazon EC2"; recordings of 2021 to 2024.
"""

from collections.abc import Mapping
from datetime import timedelta

from imds_sim.imds.layout import document
from imds_sim.imds.tree import Content, Directory, Each, Leaf, Node
from imds_sim.imds.view import View
from imds_sim.kernel.timestamps import iso_seconds

SINCE = "2012-01-12"

# The profile is written before the credentials: by this much in the recording that has both.
INFO_AHEAD = timedelta(seconds=34)


def _info(view: View) -> Content | None:
    profile = view.instance.profile
    if profile is None:
        return None
    updated_at = max(view.instance.launched_at, view.delivered_at() - INFO_AHEAD)
    members = {
        "Code": "Success",
        "LastUpdated": iso_seconds(updated_at),
        "InstanceProfileArn": profile.arn,
        "InstanceProfileId": profile.id,
    }
    return Content(document(members))


def _role(view: View) -> dict[str, View]:
    # The name of the role, not of the profile, without its path; also while nobody may assume it.
    role = view.instance.role
    return {} if role is None else {role.name: view}


def _role_if_extended(view: View) -> dict[str, View]:
    return _role(view) if view.instance.extended_credentials else {}


def _credentials(view: View) -> Content | None:
    held = view.credentials()
    if held is None:
        return None
    return view.documents.credentials.of((view.instance.name, view.delivery), held)


def _extended_credentials(view: View) -> Content | None:
    held = view.credentials()
    if held is None:
        return None
    return view.documents.extended_credentials.of((view.instance.name, view.delivery), held)


NODES: Mapping[str, Node[View]] = {
    "iam": Directory(
        {
            "info": Leaf(_info, SINCE),
            "security-credentials": Each(_role, Leaf(_credentials, SINCE), since=SINCE),
            # No recording lists it.
            "security-credentials-extended": Each(
                _role_if_extended, Leaf(_extended_credentials, SINCE), since=SINCE, listed=False
            ),
        }
    )
}
