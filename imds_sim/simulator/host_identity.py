"""An identity of the configuration that calls the STS for others, as a tool on a host does."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from imds_sim.containers.local_endpoints import HostCallFailed
from imds_sim.credentials.minting import deliveries
from imds_sim.credentials.provider import CredentialProvider, CredentialSet
from imds_sim.iam.entities import User
from imds_sim.iam.principals import UserPrincipal
from imds_sim.sts.authority import Credentials
from imds_sim.sts.errors import ApiError
from imds_sim.sts.operations.assume_role import AssumeRoleRequest
from imds_sim.sts.operations.get_session_token import GetSessionTokenRequest
from imds_sim.sts.service import Service
from imds_sim.sts.signer import Signer
from imds_sim.workloads.workload import Workload

DURATION = timedelta(hours=1)
MAX_SESSION_NAME = 64


@dataclass(frozen=True, slots=True)
class HostIdentity:
    """A user or a workload; `session_name` is given the ARN of the role."""

    subject: Workload | User
    service: Service
    credentials: CredentialProvider
    session_name: Callable[[str], str]

    def session(self) -> CredentialSet:
        """What a workload holds, or a session of the user. Raises HostCallFailed."""
        if not isinstance(self.subject, User):
            return self._held(self.subject)
        try:
            request = GetSessionTokenRequest(DURATION)
            minted = self.service.get_session_token(self._signer(), request)
        except ApiError as error:
            raise HostCallFailed(f"{error.code}: {error}") from None
        return _set("", self.subject.account, minted)

    def assume(self, role_arn: str) -> CredentialSet:
        """A session of the role, an hour long. Raises HostCallFailed."""
        name = self.session_name(role_arn)[:MAX_SESSION_NAME]
        try:
            assumed = self.service.assume_role(
                self._signer(), AssumeRoleRequest(role_arn, name, DURATION)
            )
        except ApiError as error:
            raise HostCallFailed(f"{error.code}: {error}") from None
        return _set(role_arn, role_arn.split(":")[4], assumed.credentials)

    def role_named(self, name: str) -> str:
        """The ARN of the first role of this name. Raises HostCallFailed."""
        roles = self.service.directory.roles.values()
        found = next((role.arn for role in roles if role.name == name), None)
        if found is None:
            raise HostCallFailed(f"NoSuchEntity: The role with name {name} cannot be found.")
        return found

    def _signer(self) -> Signer:
        if isinstance(self.subject, User):
            return Signer(UserPrincipal(self.subject))
        held = self._held(self.subject)
        return self.service.authenticate(held.access_key_id, held.session_token.reveal()).signer

    def _held(self, workload: Workload) -> CredentialSet:
        ways = deliveries(workload)
        held = self.credentials.current(workload.name, ways[-1]) if ways else None
        if isinstance(held, CredentialSet):
            return held
        reason = "it has no role" if held is None else held.message
        raise HostCallFailed(f"{workload.name} has no credentials: {reason}")


def _set(role_arn: str, account: str, minted: Credentials) -> CredentialSet:
    return CredentialSet(
        role_arn,
        account,
        minted.access_key_id,
        minted.secret_access_key,
        minted.session_token,
        minted.issued_at,
        minted.expires_at,
    )
