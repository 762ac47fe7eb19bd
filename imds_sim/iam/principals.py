"""Who is calling: a service, a user, a session, an account's root, or nobody that is known."""

from dataclasses import dataclass

from imds_sim.iam.entities import Role, User


@dataclass(frozen=True, slots=True)
class ServicePrincipal:
    """An AWS service that acts for a workload, e.g. `ec2.amazonaws.com`."""

    service: str

    @property
    def arn(self) -> str:
        """Services have no ARN; their name stands in messages and records."""
        return self.service


@dataclass(frozen=True, slots=True)
class UserPrincipal:
    """A user that signs with a long-term key or with a session of GetSessionToken."""

    user: User

    @property
    def arn(self) -> str:
        return self.user.arn

    @property
    def user_id(self) -> str:
        """`aws:userid`, the user's unique id."""
        return self.user.unique_id

    @property
    def account(self) -> str:
        return self.user.account


@dataclass(frozen=True, slots=True)
class RoleSessionPrincipal:
    """A session of a role: what AssumeRole hands out, and what EC2, ECS and Lambda deliver."""

    role: Role
    session_name: str

    @property
    def arn(self) -> str:
        """The session's ARN; the role's path is not in it (IAM User Guide, "IAM identifiers")."""
        role = self.role
        return (
            f"arn:{role.partition}:sts::{role.account}:assumed-role/{role.name}/{self.session_name}"
        )

    @property
    def user_id(self) -> str:
        """`aws:userid`: `AROA…:session-name`, 193 characters at most."""
        return f"{self.role.unique_id}:{self.session_name}"

    @property
    def account(self) -> str:
        return self.role.account


@dataclass(frozen=True, slots=True)
class FederatedUserPrincipal:
    """A session of GetFederationToken; `user` signed for it, or root where there is no user."""

    user: User | None
    account: str
    partition: str
    name: str

    @property
    def arn(self) -> str:
        return f"arn:{self.partition}:sts::{self.account}:federated-user/{self.name}"

    @property
    def user_id(self) -> str:
        """`aws:userid`: `111122223333:name`."""
        return f"{self.account}:{self.name}"


@dataclass(frozen=True, slots=True)
class RootPrincipal:
    """The root user of an account."""

    account: str
    partition: str

    @property
    def arn(self) -> str:
        return f"arn:{self.partition}:iam::{self.account}:root"

    @property
    def user_id(self) -> str:
        """`aws:userid`, the account id."""
        return self.account


@dataclass(frozen=True, slots=True)
class AnonymousPrincipal:
    """Whoever sends an unsigned request."""

    @property
    def arn(self) -> str:
        """Nobody has no ARN; this stands in messages."""
        return "anonymous"


@dataclass(frozen=True, slots=True)
class FederatedPrincipal:
    """Whoever holds a token of an identity provider: no identity of AWS until a role is assumed.

    `provider` is the ARN of a SAML or OIDC provider, or the domain of a built-in one such as
    `accounts.google.com`.
    """

    provider: str

    @property
    def arn(self) -> str:
        return self.provider


Caller = UserPrincipal | RoleSessionPrincipal | FederatedUserPrincipal | RootPrincipal
Principal = ServicePrincipal | Caller | AnonymousPrincipal
Requester = Principal | FederatedPrincipal
