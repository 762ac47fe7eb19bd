"""What the tree shows to one reader: an instance, and the credentials it holds for that reader."""

from datetime import datetime
from typing import NamedTuple

from imds_sim.credentials.provider import CredentialProvider, CredentialSet, Delivery, Refused
from imds_sim.imds.documents import Documents
from imds_sim.workloads.instance import Instance
from imds_sim.workloads.task import Task


class View(NamedTuple):
    """An instance as a reader sees it now; IMDSv1 and IMDSv2 readers get different credentials."""

    instance: Instance
    delivery: Delivery
    provider: CredentialProvider
    documents: Documents
    now: datetime
    tasks: tuple[Task, ...] = ()  # that run on this instance

    def credentials(self) -> CredentialSet | Refused | None:
        """The set that this reader gets, the refusal of one, or None without a role."""
        return self.provider.current(self.instance.name, self.delivery)

    def identity_credentials(self) -> CredentialSet | Refused | None:
        """The set of the instance identity role, the same for every reader."""
        return self.provider.current(self.instance.name, Delivery.INSTANCE_IDENTITY)

    def delivered_at(self) -> datetime:
        """When credentials last came into the tree, for every reader the same; else the launch.

        The time of the set for IMDSv2, which every instance with a role holds.
        """
        launched_at = self.instance.launched_at
        if self.instance.profile is None:
            return launched_at
        match self.provider.current(self.instance.name, Delivery.IMDS_V2):
            case CredentialSet(issued_at=moment) | Refused(refused_at=moment):
                return max(launched_at, moment)
            case None:
                return launched_at
