"""`iam-ecs-1/`: credentials of the ECS tasks on this container instance; nothing without any.

Source: amazon-ecs-agent, ecs-agent/credentials/imds/scanner.go, which reads them; members and paths
are what it looks for. Layout, media type and the number 1 are inferred: no recording exists.
"""

import json
from collections.abc import Mapping
from typing import NamedTuple

from imds_sim.credentials.provider import CredentialSet, Delivery
from imds_sim.imds.tree import Content, Directory, Each, Leaf, Node
from imds_sim.imds.view import View
from imds_sim.kernel.timestamps import iso_seconds
from imds_sim.workloads.role import AttachedRole
from imds_sim.workloads.task import Task


class _Delivered(NamedTuple):
    """One role of one task, as this instance delivers it."""

    view: View
    task: Task
    role: AttachedRole
    delivery: Delivery

    def held(self) -> CredentialSet | None:
        held = self.view.provider.current(self.task.name, self.delivery)
        return held if isinstance(held, CredentialSet) else None


def _roles(view: View) -> dict[str, _Delivered]:
    """By the name that the agent knows: the task's id and the type of the role."""
    found = {}
    for task in view.tasks:
        for role, kind, delivery in (
            (task.role, "TaskApplication", Delivery.CONTAINER),
            (task.execution_role, "TaskExecution", Delivery.EXECUTION),
        ):
            if role is not None:
                found[f"{task.id}-{kind}"] = _Delivered(view, task, role, delivery)
    return dict(sorted(found.items()))


def _info(view: View) -> Content | None:
    roles = _roles(view)
    issued = [held.issued_at for each in roles.values() if (held := each.held()) is not None]
    if not issued:
        return None
    members = {
        "LastUpdated": iso_seconds(max(issued)),
        "TaskCredentials": {name: {"RoleARN": each.role.arn} for name, each in roles.items()},
    }
    return Content(json.dumps(members, separators=(",", ":")).encode())


def _credentials(delivered: _Delivered) -> Content | None:
    held = delivered.held()
    if held is None:
        return None
    members = {
        "AccessKeyId": held.access_key_id,
        "SecretAccessKey": held.secret_access_key.reveal(),
        "Token": held.session_token.reveal(),
        "Expiration": iso_seconds(held.expires_at),
    }
    body = json.dumps(members, separators=(",", ":")).encode()
    return Content(body, access_key_id=held.access_key_id, expires_at=held.expires_at)


NODES: Mapping[str, Node[View]] = {
    "iam-ecs-1": Directory(
        {"info": Leaf(_info), "security-credentials": Each(_roles, Leaf(_credentials))}
    )
}
