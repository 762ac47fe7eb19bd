"""What every operation stands on: the directory, the question of permission, the mint."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from imds_sim.iam.authorize import Call, authorize
from imds_sim.iam.context import ContextValue
from imds_sim.iam.decision import Decision
from imds_sim.iam.directory import Directory
from imds_sim.iam.document import Policy
from imds_sim.iam.principals import Requester
from imds_sim.iam.request import SessionPolicies
from imds_sim.kernel.clock import Clock
from imds_sim.kernel.entropy import Entropy
from imds_sim.kernel.identifiers import access_key_id
from imds_sim.kernel.secret import Secret
from imds_sim.sts import context_keys
from imds_sim.sts.contents import NO_CONTENTS, SessionContents
from imds_sim.sts.errors import AccessDenied, RegionDisabled
from imds_sim.sts.mfa import UsedCodes, prove
from imds_sim.sts.sealed_session import SealedSession, SessionKind
from imds_sim.sts.sessions import SessionSealer
from imds_sim.sts.signer import Asking, Party, Signer

TEMPORARY_KEY_PREFIX = "ASIA"  # IAM User Guide, "IAM identifiers"
KEY_ID_CHANCE = 5  # bytes that `access_key_id` takes


@dataclass(frozen=True, slots=True)
class Credentials:
    """Temporary credentials; times are whole seconds.

    `packed_size` is the percentage that policies and tags fill of what is allotted to them.
    """

    access_key_id: str
    secret_access_key: Secret
    session_token: Secret
    issued_at: datetime
    expires_at: datetime
    packed_size: int = 0


@dataclass(frozen=True, slots=True)
class Proposal:
    """A session to be issued. `stream` names its stream of chance, `minimum_size` is that of the
    session token in characters; `by_service` says that AWS itself delivers it."""

    kind: SessionKind
    issuer_arn: str
    issuer_id: str
    name: str
    duration: timedelta
    stream: str
    context: Mapping[str, str] = field(default_factory=dict)
    contents: SessionContents = NO_CONTENTS
    source_identity: str | None = None
    with_mfa: bool = False
    minimum_size: int = 0
    by_service: bool = False


@dataclass(frozen=True, slots=True)
class Authority:
    """One world's STS without its operations. Remembers used MFA codes and nothing else."""

    directory: Directory
    sealer: SessionSealer
    clock: Clock
    entropy: Entropy
    region: str
    used_codes: UsedCodes

    def keys(self, caller: Asking, given: Mapping[str, str]) -> context_keys.Keys:
        """The condition keys of a call; `given` are those of its connection."""
        now = self.clock.now()
        return {
            **context_keys.of_call(given, now, self.region),
            **context_keys.of_caller(caller, self.directory, now),
        }

    def permit(
        self,
        caller: Asking,
        action: str,
        resource: str,
        keys: Mapping[str, ContextValue],
        *,
        resource_account: str | None = None,
        resource_policy: Policy | None = None,
    ) -> None:
        """Raise AccessDenied unless every policy that has a say lets `caller` do this.

        `resource` is an ARN, or `*` for an action that has none.
        """
        decision = self.decide(
            caller,
            action,
            resource,
            keys,
            resource_account=resource_account,
            resource_policy=resource_policy,
        )
        self.rule(caller, decision)

    def rule(self, caller: Asking, decision: Decision) -> None:
        """What follows from a decision: nothing, or AccessDenied in the words of the service."""
        if decision.is_allowed:
            return
        action, resource = decision.action, decision.resource
        if resource == "*":
            raise AccessDenied.without_resource(
                caller.arn, action, decision.clause, decision.reason
            )
        raise AccessDenied.of(caller.arn, action, resource, decision.reason)

    def decide(
        self,
        caller: Asking,
        action: str,
        resource: str,
        keys: Mapping[str, ContextValue],
        *,
        resource_account: str | None = None,
        resource_policy: Policy | None = None,
    ) -> Decision:
        """What the policies say of one action of `caller`; `resource` as in `permit`."""
        principal: Requester
        session_policies: SessionPolicies | None = None
        if not isinstance(caller, Signer):
            principal = caller
        else:
            principal = caller.principal
            session_policies = caller.session_policies(self.directory)
        return authorize(
            self.directory,
            Call(
                principal=principal,
                action=action,
                resource=resource,
                resource_account=resource_account,
                resource_policy=resource_policy,
                context=keys,
                session_policies=session_policies,
            ),
        )

    def prove_mfa(self, caller: Party, serial_number: str | None, token_code: str | None) -> bool:
        """Whether the call is made with MFA. Raises AccessDenied for what proves nothing."""
        user = caller.user if isinstance(caller, Signer) else None
        return prove(user, serial_number, token_code, self.clock.wall(), self.used_codes)

    def issue(self, proposal: Proposal) -> Credentials:
        """Make credentials for a session. Raises PackedPolicyTooLarge, RegionDisabled."""
        contents = proposal.contents
        packed = contents.packed()
        packed_size = contents.packed_size(packed)
        issued_at = self.clock.now().replace(microsecond=0)
        account = proposal.issuer_arn.split(":", 5)[4]
        known = self.directory.accounts.get(account)
        if known is not None and not known.sts_is_active and not proposal.by_service:
            raise RegionDisabled(account)
        session = SealedSession(
            access_key_id=access_key_id(
                TEMPORARY_KEY_PREFIX, account, self.entropy.bytes(KEY_ID_CHANCE, proposal.stream)
            ),
            issuer_arn=proposal.issuer_arn,
            issuer_id=proposal.issuer_id,
            name=proposal.name,
            issued_at=issued_at,
            expires_at=issued_at + timedelta(seconds=proposal.duration // timedelta(seconds=1)),
            kind=proposal.kind,
            context=proposal.context,
            contents=contents,
            source_identity=proposal.source_identity,
            mfa_at=issued_at if proposal.with_mfa else None,
        )
        session_token = self.sealer.seal(
            session, packed, self.region, proposal.stream, proposal.minimum_size
        )
        return Credentials(
            access_key_id=session.access_key_id,
            secret_access_key=self.sealer.secret_access_key(session_token.reveal()),
            session_token=session_token,
            issued_at=session.issued_at,
            expires_at=session.expires_at,
            packed_size=packed_size,
        )
