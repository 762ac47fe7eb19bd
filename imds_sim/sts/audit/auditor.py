"""The auditor: turns a call into its records and gives them to the trail."""

import uuid
from dataclasses import dataclass

from imds_sim.kernel.clock import Clock
from imds_sim.kernel.entropy import Entropy
from imds_sim.sts.audit import identity
from imds_sim.sts.audit.event import Event, Outcome
from imds_sim.sts.audit.received import Received
from imds_sim.sts.audit.trail import AuditTrail


@dataclass(frozen=True, slots=True)
class Auditor:
    """Of the STS in one region.

    What CloudTrail leaves out is not brought here either: calls that fail authentication, and
    actions that do not exist (IAM User Guide, "Logging IAM and AWS STS API calls").
    """

    trail: AuditTrail
    clock: Clock
    entropy: Entropy
    region: str

    def call(
        self, name: str, caller: identity.Identity, received: Received, outcome: Outcome
    ) -> None:
        """Record a call, in each account that it concerns."""
        event = Event(name, caller, received, self.region, outcome)
        shared = self._id("event") if event.is_shared else None
        self.trail.keep(
            [event.record(account, self._id("event"), shared) for account in event.accounts],
            received.at,
        )

    def call_by_service(self, service: str, role_arn: str, outcome: Outcome) -> None:
        """Record that a service assumed a role for a workload, or could not."""
        account = role_arn.split(":")[4] if role_arn.count(":") >= 5 else ""
        self.call_from_service(service, identity.of_service(service, account), outcome)

    def call_from_service(self, service: str, caller: identity.Identity, outcome: Outcome) -> None:
        """Record an AssumeRole that a service sent, with an identity of its own or a session's."""
        received = Received(
            at=self.clock.now(),
            request_id=self._id("request"),
            source_address=service,
            user_agent=service,
        )
        self.call("AssumeRole", caller, received, outcome)

    def _id(self, kind: str) -> str:
        chance = self.entropy.bytes(16, f"cloudtrail {kind} ids")
        return str(uuid.UUID(bytes=chance, version=4))
