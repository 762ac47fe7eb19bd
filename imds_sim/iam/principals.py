"""Who is calling: a service, a user, or a session of a role."""

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
    """A user that signs with a long-term key."""

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


Caller = UserPrincipal | RoleSessionPrincipal
Principal = ServicePrincipal | Caller
