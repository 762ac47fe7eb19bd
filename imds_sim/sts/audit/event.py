"""One call as CloudTrail records it: the members that all records share, in the recorded order.

Source: CloudTrail User Guide, "CloudTrail record contents"; records of 2024 to 2026.
"""

from dataclasses import dataclass

from imds_sim.kernel.timestamps import iso_seconds
from imds_sim.sts.audit.identity import Identity
from imds_sim.sts.audit.particulars import Particulars, Resource
from imds_sim.sts.audit.received import Received
from imds_sim.sts.errors import ApiError

Record = dict[str, object]
Outcome = Particulars | ApiError

EVENT_VERSION = "1.11"
MOST_TEXT = 1024  # of a user agent and an error message: "CloudTrail record contents"
MOST_HOST = 255
GLOBAL_HOSTS = ("sts.amazonaws.com", "sts-global.")
REGION_OF_GLOBAL = "us-east-1"  # where calls of the global endpoint are recorded
_MAKES_CREDENTIALS = frozenset({"AssumeRoot", "GetFederationToken", "GetSessionToken"})


@dataclass(frozen=True, slots=True)
class Event:
    """A call that was answered. `outcome` is what came of it; `region` is the service's own."""

    name: str
    identity: Identity
    received: Received
    region: str
    outcome: Outcome

    @property
    def accounts(self) -> tuple[str, ...]:
        """The accounts that get a record: the caller's, and the role's if it is another one.

        A denial is the caller's alone: its message tells no account whether there is a role.
        """
        of_resources = (resource.account for resource in self.resources)
        return tuple(dict.fromkeys((self.identity.account, *of_resources)))

    @property
    def is_shared(self) -> bool:
        """Whether the records have a common id: of two accounts, or of a service's call."""
        return len(self.accounts) > 1 or self.received.is_by_service

    @property
    def resources(self) -> tuple[Resource, ...]:
        """What it was about; unknown of a call that failed."""
        return () if isinstance(self.outcome, ApiError) else self.outcome.resources

    def record(self, account: str, event_id: str, shared_event_id: str | None) -> Record:
        """The record that `account` gets; session tokens in it are Secrets."""
        received, outcome = self.received, self.outcome
        told = Particulars() if isinstance(outcome, ApiError) else outcome
        is_global = received.host is not None and received.host.startswith(GLOBAL_HOSTS)
        record: Record = {
            "eventVersion": EVENT_VERSION,
            "userIdentity": self.identity.seen_from(account),
            "eventTime": iso_seconds(received.at),
            "eventSource": "sts.amazonaws.com",
            "eventName": self.name,
            "awsRegion": REGION_OF_GLOBAL if is_global else self.region,
            "sourceIPAddress": received.source_address,
        }
        if received.user_agent is not None:
            record["userAgent"] = received.user_agent[:MOST_TEXT]
        if isinstance(outcome, ApiError):
            record["errorCode"] = outcome.code
            if outcome.message is not None:
                record["errorMessage"] = outcome.message[:MOST_TEXT]
        record["requestParameters"] = told.request_parameters
        record["responseElements"] = told.response_elements
        if received.extended_request_id is not None:
            record["additionalEventData"] = {
                "ExtendedRequestId": received.extended_request_id,
                "RequestDetails": {
                    "awsServingRegion": self.region,
                    "endpointType": "global" if is_global else "regional",
                },
                **told.additional,
            }
        record |= {
            "requestID": received.request_id,
            "eventID": event_id,
            "readOnly": self.name not in _MAKES_CREDENTIALS,
        }
        if told.resources:
            record["resources"] = [
                {"accountId": each.account, "type": each.type, "ARN": each.arn}
                for each in told.resources
            ]
        record |= {
            "eventType": "AwsApiCall",
            "managementEvent": True,
            "recipientAccountId": account,
        }
        if shared_event_id is not None:
            record["sharedEventID"] = shared_event_id
        record["eventCategory"] = "Management"
        if received.host is not None:
            # There is no TLS here, so the members that describe it are left out.
            record["tlsDetails"] = {"clientProvidedHostHeader": received.host[:MOST_HOST]}
        return record
