"""Who signed a call, and what the credentials say of it."""

from dataclasses import dataclass

from imds_sim.iam.directory import Directory
from imds_sim.iam.entities import User
from imds_sim.iam.principals import (
    Caller,
    FederatedPrincipal,
    FederatedUserPrincipal,
    RoleSessionPrincipal,
    RootPrincipal,
    ServicePrincipal,
    UserPrincipal,
)
from imds_sim.iam.request import SessionPolicies
from imds_sim.sts.sealed_session import SealedSession, SessionKind
from imds_sim.sts.session_policies import policies_of


@dataclass(frozen=True, slots=True)
class Signer:
    """A caller. `session` is there if it signs with temporary credentials.

    A principal that exists in sessions only may come without one, from a caller in this process.
    """

    principal: Caller
    session: SealedSession | None = None

    @property
    def kind(self) -> SessionKind | None:
        """The kind of the session; None for long-term credentials."""
        if self.session is not None:
            return self.session.kind
        match self.principal:
            case RoleSessionPrincipal():
                return SessionKind.ROLE
            case FederatedUserPrincipal():
                return SessionKind.FEDERATED_USER
            case UserPrincipal() | RootPrincipal():
                return None

    @property
    def arn(self) -> str:
        """The ARN that GetCallerIdentity and messages show. That of AssumeRoot is inferred."""
        if self.kind is SessionKind.ROOT_TASK:
            principal = self.principal
            partition = self.session.partition if self.session else "aws"
            return f"arn:{partition}:sts::{principal.account}:assumed-root"
        return self.principal.arn

    @property
    def user(self) -> User | None:
        """The user that is calling, with a long-term key or a session of GetSessionToken."""
        return self.principal.user if isinstance(self.principal, UserPrincipal) else None

    @property
    def source_identity(self) -> str | None:
        return self.session.source_identity if self.session is not None else None

    @property
    def transitive_tags(self) -> dict[str, str]:
        """The session tags that a chained session inherits."""
        return self.session.contents.transitive_tags if self.session is not None else {}

    def session_policies(self, directory: Directory) -> SessionPolicies | None:
        """What the session is restricted by; None if by nothing."""
        return None if self.session is None else policies_of(self.session, directory)


Party = ServicePrincipal | Signer  # whoever may ask for a role
Asking = Party | FederatedPrincipal  # whoever may be asked about: it need not have signed


def inherited_tags(party: Asking) -> dict[str, str]:
    """The tags that a chained session has from the start."""
    return party.transitive_tags if isinstance(party, Signer) else {}


def inherited_source_identity(party: Party) -> str | None:
    """The source identity that a chained session has from the start."""
    return party.source_identity if isinstance(party, Signer) else None
