"""The STS: one method per operation, and the question whose key a request was signed with.

Every way to credentials leads through here: the HTTP API's and the refresher's, which calls as the
service principal of a workload's kind.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Never

from imds_sim.iam.decision import Decision
from imds_sim.iam.directory import Directory
from imds_sim.iam.principals import ServicePrincipal
from imds_sim.kernel.clock import Clock
from imds_sim.kernel.entropy import Entropy
from imds_sim.kernel.keys import KeyKeeper, ProcessKeys
from imds_sim.sts.audit import particulars
from imds_sim.sts.audit.auditor import Auditor
from imds_sim.sts.audit.event import Outcome
from imds_sim.sts.audit.identity import Identity, of_signer, through_service, unheard
from imds_sim.sts.audit.trail import AuditTrail
from imds_sim.sts.authentication import Authenticated, authenticate
from imds_sim.sts.authority import Authority, Credentials
from imds_sim.sts.authorization_messages import AuthorizationMessages
from imds_sim.sts.errors import ApiError
from imds_sim.sts.federation.issuers import Issuers
from imds_sim.sts.federation.saml_providers import SamlProviders
from imds_sim.sts.mfa import UsedCodes
from imds_sim.sts.operations.assume_role import AssumedRole, AssumeRoleRequest, assume_role
from imds_sim.sts.operations.assume_role_with_saml import (
    AssumeRoleWithSamlRequest,
    RoleAssumedWithSaml,
    assume_role_with_saml,
)
from imds_sim.sts.operations.assume_role_with_web_identity import (
    AssumeRoleWithWebIdentityRequest,
    RoleAssumedWithWebIdentity,
    assume_role_with_web_identity,
)
from imds_sim.sts.operations.assume_root import AssumedRoot, AssumeRootRequest, assume_root
from imds_sim.sts.operations.decode_authorization_message import (
    DecodeAuthorizationMessageRequest,
    decode_authorization_message,
)
from imds_sim.sts.operations.get_access_key_info import (
    GetAccessKeyInfoRequest,
    get_access_key_info,
)
from imds_sim.sts.operations.get_caller_identity import CallerIdentity
from imds_sim.sts.operations.get_delegated_access_token import (
    GetDelegatedAccessTokenRequest,
    get_delegated_access_token,
)
from imds_sim.sts.operations.get_federation_token import (
    FederatedUser,
    GetFederationTokenRequest,
    get_federation_token,
)
from imds_sim.sts.operations.get_session_token import GetSessionTokenRequest, get_session_token
from imds_sim.sts.operations.get_web_identity_token import (
    GetWebIdentityTokenRequest,
    OutboundToken,
    get_web_identity_token,
)
from imds_sim.sts.operations.instance_identity import (
    InstanceIdentityRequest,
    issue_instance_identity,
)
from imds_sim.sts.sessions import SessionSealer
from imds_sim.sts.signer import Party, Signer
from imds_sim.sts.verification import VerifiedSession

NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Service:
    """The STS of one world; made anew with it. What lasts is in the sealer's key, `used_codes`,
    `issuer_keys` and `trail`. Calls of services are recorded here, others by who brings them.

    Every operation raises ValidationError and AccessDenied; further errors are named. `context`
    are condition keys of the call that the service cannot know, such as `aws:SourceIp`.
    """

    directory: Directory
    sealer: SessionSealer
    clock: Clock
    entropy: Entropy
    region: str
    used_codes: UsedCodes = field(default_factory=UsedCodes)
    issuer_keys: KeyKeeper = field(default_factory=ProcessKeys, repr=False)
    trail: AuditTrail = field(default_factory=AuditTrail)

    def assume_role(
        self,
        caller: Party,
        request: AssumeRoleRequest,
        *,
        trust_context: Mapping[str, str] = NOTHING,
        session_context: Mapping[str, str] = NOTHING,
        subject: str | None = None,
    ) -> AssumedRole:
        """Mint credentials for a session of a role.

        `trust_context` adds condition keys that policies may ask about, `session_context` those
        that later requests of the session will have. `subject` names whom a service calls for
        under ever new session names. Raises InvalidParameterValue, MalformedPolicyDocument,
        PackedPolicyTooLarge, ExpiredContextAssertion.
        """

        def record(outcome: Outcome) -> None:
            if isinstance(caller, ServicePrincipal):
                self.auditor.call_by_service(caller.arn, request.role_arn, outcome)

        return self._assume_role(
            caller, request, record, trust_context, session_context, subject=subject
        )

    def assume_role_for_session(
        self, service: str, held: Credentials, request: AssumeRoleRequest, subject: str
    ) -> AssumedRole:
        """Mint credentials of a further role, as `service` does with those of a session.

        Raises as `assume_role` does.
        """
        found = self.authenticate(held.access_key_id, held.session_token.reveal())
        caller = through_service(of_signer(found.signer, held.access_key_id), service)

        def record(outcome: Outcome) -> None:
            self.auditor.call_from_service(service, caller, outcome)

        return self._assume_role(found.signer, request, record, subject=subject)

    def assume_role_with_saml(
        self,
        request: AssumeRoleWithSamlRequest,
        context: Mapping[str, str] = NOTHING,
        known: Callable[[Identity], None] = unheard,
    ) -> RoleAssumedWithSaml:
        """Mint credentials for a session of a role on the word of a SAML provider.

        Nobody signs for it; `known` as for a web identity. Raises InvalidIdentityToken,
        ExpiredAssertion, IdpRejectedClaim, MalformedPolicyDocument, PackedPolicyTooLarge,
        InvalidParameterValue.
        """
        return assume_role_with_saml(self._authority, self.saml_providers, request, context, known)

    def assume_role_with_web_identity(
        self,
        request: AssumeRoleWithWebIdentityRequest,
        context: Mapping[str, str] = NOTHING,
        known: Callable[[Identity], None] = unheard,
    ) -> RoleAssumedWithWebIdentity:
        """Mint credentials for a session of a role on the word of an identity provider.

        Nobody signs for it; `known` is told who calls, as soon as the audit may name them. Raises
        InvalidIdentityToken, ExpiredWebIdentityToken, IdpRejectedClaim, IdpCommunicationError,
        MalformedPolicyDocument, PackedPolicyTooLarge, InvalidParameterValue.
        """
        return assume_role_with_web_identity(self._authority, self.issuers, request, context, known)

    def assume_root(
        self, signer: Signer, request: AssumeRootRequest, context: Mapping[str, str] = NOTHING
    ) -> AssumedRoot:
        """Mint credentials for a task as another account's root."""
        return assume_root(self._authority, signer, request, context)

    def get_caller_identity(self, signer: Signer) -> CallerIdentity:
        """Who `signer` is. Nothing can forbid it."""
        return CallerIdentity.of(signer)

    def get_session_token(self, signer: Signer, request: GetSessionTokenRequest) -> Credentials:
        """Mint credentials for a session of the user that signs."""
        return get_session_token(self._authority, signer, request)

    def get_federation_token(
        self,
        signer: Signer,
        request: GetFederationTokenRequest,
        context: Mapping[str, str] = NOTHING,
    ) -> FederatedUser:
        """Mint credentials for a federated user.

        Raises InvalidParameterValue, MalformedPolicyDocument, PackedPolicyTooLarge.
        """
        return get_federation_token(self._authority, signer, request, context)

    def get_web_identity_token(
        self,
        signer: Signer,
        request: GetWebIdentityTokenRequest,
        context: Mapping[str, str] = NOTHING,
    ) -> OutboundToken:
        """A token that tells others who `signer` is.

        Raises OutboundFederationDisabled, SessionDurationEscalation, JwtPayloadSizeExceeded.
        """
        return get_web_identity_token(self._authority, self.issuers, signer, request, context)

    def get_access_key_info(
        self,
        signer: Signer,
        request: GetAccessKeyInfoRequest,
        context: Mapping[str, str] = NOTHING,
    ) -> str:
        """The account of an access key."""
        return get_access_key_info(self._authority, signer, request, context)

    def decode_authorization_message(
        self,
        signer: Signer,
        request: DecodeAuthorizationMessageRequest,
        context: Mapping[str, str] = NOTHING,
    ) -> str:
        """The document of an encoded message, as JSON. Raises InvalidAuthorizationMessage."""
        return decode_authorization_message(
            self._authority, self._messages, signer, request, context
        )

    def decide(self, signer: Signer, action: str, resource: str) -> Decision:
        """What the policies say of an action of another service, on a resource of the caller's."""
        keys = self._authority.keys(signer, NOTHING)
        return self._authority.decide(signer, action, resource, keys)

    def get_delegated_access_token(
        self, signer: Signer, request: GetDelegatedAccessTokenRequest
    ) -> Never:
        """Raises ExpiredTradeInToken: there are no trade-in tokens here."""
        get_delegated_access_token(signer, request)

    def issue_instance_identity(self, request: InstanceIdentityRequest) -> Credentials:
        """Mint credentials of the instance identity role, as EC2 does for each instance."""
        return issue_instance_identity(self._authority, request)

    def encode_authorization_message(self, decision: Decision, signer: Signer) -> str:
        """The message that AWS appends to a denial of EC2's kind, for another emulator to send."""
        return self._messages.encode(decision, signer.principal, self.clock.now())

    def authenticate(self, key_id: str, session_token: str | None) -> Authenticated:
        """Find whose key it is. Raises InvalidClientTokenId, ExpiredToken."""
        return authenticate(self.directory, self.sealer, self.clock.now(), key_id, session_token)

    def verify(self, access_key_id: str, session_token: str | None) -> VerifiedSession:
        """What is known of a key without a signature. Raises InvalidClientTokenId, ExpiredToken."""
        found = self.authenticate(access_key_id, session_token or None)
        found.refuse_foreign_session_token()
        return VerifiedSession.of(access_key_id, found.signer)

    @property
    def auditor(self) -> Auditor:
        """Who records the calls."""
        return Auditor(self.trail, self.clock, self.entropy, self.region)

    @property
    def issuers(self) -> Issuers:
        """The issuers of OpenID Connect tokens that are built in."""
        return Issuers(self.directory, self.issuer_keys, self.clock, self.entropy)

    @property
    def saml_providers(self) -> SamlProviders:
        """The SAML providers, with the keys of those that are built in."""
        return SamlProviders(self.directory, self.issuer_keys, self.clock, self.entropy)

    def _assume_role(
        self,
        caller: Party,
        request: AssumeRoleRequest,
        record: Callable[[Outcome], None],
        trust_context: Mapping[str, str] = NOTHING,
        session_context: Mapping[str, str] = NOTHING,
        *,
        subject: str | None,
    ) -> AssumedRole:
        try:
            assumed = assume_role(
                self._authority, caller, request, trust_context, session_context, subject
            )
        except ApiError as error:
            record(error)
            raise
        record(particulars.assume_role(request, assumed))
        return assumed

    @property
    def _authority(self) -> Authority:
        return Authority(
            self.directory, self.sealer, self.clock, self.entropy, self.region, self.used_codes
        )

    @property
    def _messages(self) -> AuthorizationMessages:
        return AuthorizationMessages(self.sealer.key)
