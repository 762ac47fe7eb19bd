"""The STS: one method per operation, and the question whose key a request was signed with.

Every way to credentials leads through `assume_role`: the HTTP API's and the refresher's, which
calls as the service principal of a workload's kind.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType

from imds_sim.iam.directory import Directory
from imds_sim.iam.document import ASSUME_ROLE
from imds_sim.iam.entities import Role
from imds_sim.iam.evaluate import evaluate_trust
from imds_sim.iam.principals import (
    Caller,
    Principal,
    RoleSessionPrincipal,
    ServicePrincipal,
    UserPrincipal,
)
from imds_sim.kernel.arn import Arn, ArnMalformed
from imds_sim.kernel.clock import Clock
from imds_sim.kernel.entropy import Entropy
from imds_sim.kernel.identifiers import access_key_id
from imds_sim.kernel.secret import Secret
from imds_sim.sts import context_keys, limits
from imds_sim.sts.errors import (
    AccessDenied,
    ExpiredToken,
    InvalidClientTokenId,
    SessionTokenInvalid,
    ValidationError,
)
from imds_sim.sts.operations.assume_role import AssumedRole, AssumeRoleRequest, Credentials
from imds_sim.sts.operations.get_caller_identity import CallerIdentity
from imds_sim.sts.sessions import RoleSession, SessionSealer

TEMPORARY_KEY_PREFIX = "ASIA"  # IAM User Guide, "IAM identifiers"
KEY_ID_CHANCE = 5  # bytes that `access_key_id` takes

NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Authenticated:
    """Whose access key it is, and the secret that the signature must prove.

    `session` is there for temporary keys. `context` holds the condition keys that the credentials
    bring to a trust policy.
    """

    principal: Caller
    secret_access_key: Secret
    session: RoleSession | None = None
    context: Mapping[str, str] = field(default_factory=dict)
    _foreign_session_token: bool = False

    def refuse_foreign_session_token(self) -> None:
        """Raise InvalidClientTokenId if a session token came with a long-term key.

        AWS says so only after it has checked the signature; which text it has was not recorded.
        """
        if self._foreign_session_token:
            raise InvalidClientTokenId("a session token came with a long-term access key")


@dataclass(frozen=True, slots=True)
class Service:
    """The STS of one world; made anew with it. All that lasts is in the sealer's key."""

    directory: Directory
    sealer: SessionSealer
    clock: Clock
    entropy: Entropy
    region: str

    def assume_role(
        self,
        caller: Principal,
        request: AssumeRoleRequest,
        *,
        trust_context: Mapping[str, str] = NOTHING,
        session_context: Mapping[str, str] = NOTHING,
    ) -> AssumedRole:
        """Mint credentials for a session of a role.

        `trust_context` adds condition keys that the trust policy may ask about, `session_context`
        those that later requests of the session will have. Checked in the order of AWS: parameters,
        trust, the role's MaxSessionDuration, role chaining; the last two do not bind services.
        Raises ValidationError, AccessDenied, PackedPolicyTooLarge.
        """
        by_service = isinstance(caller, ServicePrincipal)
        floor = limits.MIN_SERVICE_DURATION if by_service else limits.MIN_DURATION
        if broken := request.violations(floor):
            raise ValidationError.of(broken)
        role = self._authorised(caller, request, trust_context)
        if not by_service:
            _check_role_limits(caller, role, request.duration)
        principal = RoleSessionPrincipal(role, request.role_session_name)
        credentials = self._mint(
            principal,
            request.duration,
            session_context,
            _stream(caller, role, principal.session_name),
        )
        return AssumedRole(credentials, principal)

    def get_caller_identity(self, caller: Caller) -> CallerIdentity:
        """Who `caller` is."""
        return CallerIdentity.of(caller)

    def authenticate(self, key_id: str, session_token: str | None) -> Authenticated:
        """Find whose key it is. Raises InvalidClientTokenId, ExpiredToken.

        In the order of AWS: the key is known; a temporary key's token opens and is the key's; it
        has not expired; the role that issued it is still the same. The signature comes after that.
        """
        if (found := self.directory.access_key(key_id)) is not None:
            user, key = found
            return Authenticated(
                UserPrincipal(user), key.secret, _foreign_session_token=bool(session_token)
            )
        if session_token is None:
            raise InvalidClientTokenId("no such access key, and no session token")
        try:
            session = self.sealer.open(session_token)
        except SessionTokenInvalid as error:
            raise InvalidClientTokenId(f"session token: {error}") from None
        if session.access_key_id != key_id:
            raise InvalidClientTokenId("the session token is another key's")
        if session.expires_at <= self.clock.now():
            raise ExpiredToken(f"expired at {session.expires_at.isoformat()}")
        role = self.directory.role_with_id(session.role_unique_id)
        if role is None:
            raise InvalidClientTokenId(
                f"{session.role_arn} with id {session.role_unique_id} does not exist any more"
            )
        return Authenticated(
            RoleSessionPrincipal(role, session.name),
            self.sealer.secret_access_key(session_token),
            session,
            context_keys.of_session(session),
        )

    def _authorised(
        self, caller: Principal, request: AssumeRoleRequest, given: Mapping[str, str]
    ) -> Role:
        """The role, if it exists and trusts the caller; AWS does not tell the two apart."""
        try:
            Arn.parse(request.role_arn)
        except ArnMalformed:
            raise ValidationError(f"{request.role_arn} is invalid") from None
        role = self.directory.roles.get(request.role_arn)
        if role is None:
            reason = "there is no such role"
        else:
            context = context_keys.of_assume_role(
                caller, role, request, given, self.clock.now(), self.region
            )
            decision = evaluate_trust(role, caller, ASSUME_ROLE, context)
            if decision.is_allowed:
                return role
            reason = decision.reason
        raise AccessDenied.of(caller.arn, ASSUME_ROLE, request.role_arn, reason)

    def _mint(
        self,
        principal: RoleSessionPrincipal,
        duration: timedelta,
        context: Mapping[str, str],
        stream: str,
    ) -> Credentials:
        role = principal.role
        issued_at = self.clock.now().replace(microsecond=0)
        session = RoleSession(
            access_key_id=access_key_id(
                TEMPORARY_KEY_PREFIX, role.account, self.entropy.bytes(KEY_ID_CHANCE, stream)
            ),
            role_arn=role.arn,
            role_unique_id=role.unique_id,
            account=role.account,
            name=principal.session_name,
            issued_at=issued_at,
            expires_at=issued_at + timedelta(seconds=duration // timedelta(seconds=1)),
            context=context,
        )
        session_token = self.sealer.seal(session, self.region, stream)
        return Credentials(
            access_key_id=session.access_key_id,
            secret_access_key=self.sealer.secret_access_key(session_token.reveal()),
            session_token=session_token,
            issued_at=session.issued_at,
            expires_at=session.expires_at,
        )


def _check_role_limits(caller: Principal, role: Role, duration: timedelta) -> None:
    if duration > role.max_session_duration:
        raise ValidationError(
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
        )
    if isinstance(caller, RoleSessionPrincipal) and duration > limits.MAX_CHAINED_DURATION:
        raise ValidationError(
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by "
            "role chaining."
        )


def _stream(caller: Principal, role: Role, session_name: str) -> str:
    """The stream of chance of a caller and a role: as many as the configuration has pairs.

    A service names its sessions after workloads, so each workload has a stream of its own; the
    names that callers of the API choose have no bound, and name no stream.
    """
    match caller:
        case ServicePrincipal():
            return f"session of {role.arn} for {caller.service} {session_name}"
        case UserPrincipal():
            return f"session of {role.arn} for {caller.arn}"
        case RoleSessionPrincipal():
            return f"session of {role.arn} for {caller.role.arn}"
