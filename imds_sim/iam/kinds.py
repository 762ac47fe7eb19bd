"""The kinds of policies: where a document is attached decides what it may say and whom it binds.

Source: IAM User Guide, "Policies and permissions in IAM" (policy types).
"""

from enum import StrEnum


class PolicyKind(StrEnum):
    """What a policy is attached to."""

    TRUST = "trust"  # a role: who may assume it
    RESOURCE = "resource"  # any other resource: who may do what with it
    IDENTITY = "identity"  # a user or a role: what it may do
    BOUNDARY = "boundary"  # a user or a role: what it may do at most
    SESSION = "session"  # one session: what it may do at most
    SERVICE_CONTROL = "service-control"  # accounts: what their identities may do at most
    RESOURCE_CONTROL = "resource-control"  # accounts: what may be done with their resources

    __hash__ = str.__hash__  # these are keys on every evaluation, and Enum's own is slow

    @property
    def noun(self) -> str:
        """The kind's name in a sentence: `role trust policy`."""
        return _NOUNS[self]


_NOUNS = {
    PolicyKind.TRUST: "role trust policy",
    PolicyKind.RESOURCE: "resource-based policy",
    PolicyKind.IDENTITY: "identity-based policy",
    PolicyKind.BOUNDARY: "permissions boundary",
    PolicyKind.SESSION: "session policy",
    PolicyKind.SERVICE_CONTROL: "service control policy",
    PolicyKind.RESOURCE_CONTROL: "resource control policy",
}
