"""What a call was given and what it gave, as CloudTrail tells it: one function per operation.

Parameters appear if they were passed. Tokens, codes and assertions that were passed never do; of
credentials that were made all but the secret key does, and the session token stays a Secret, which
the trail hides unless it was asked not to. Source: IAM User Guide, "Logging IAM and AWS STS API
calls with AWS CloudTrail", and records of 2023 to 2026 for the order of the members.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from imds_sim.iam.principals import FederatedUserPrincipal, RoleSessionPrincipal
from imds_sim.kernel.timestamps import console_date
from imds_sim.sts.authority import Credentials
from imds_sim.sts.operations.assume_role import AssumedRole, AssumeRoleRequest
from imds_sim.sts.operations.assume_root import AssumedRoot, AssumeRootRequest
from imds_sim.sts.operations.get_federation_token import FederatedUser, GetFederationTokenRequest
from imds_sim.sts.operations.get_session_token import GetSessionTokenRequest
from imds_sim.sts.tags import Tag

Members = dict[str, object]


@dataclass(frozen=True, slots=True)
class Resource:
    """What a call was about: `type` is of CloudFormation's kind, such as `AWS::IAM::Role`."""

    account: str
    type: str
    arn: str


@dataclass(frozen=True, slots=True)
class Particulars:
    """Of a call that succeeded; None is `null` in the record. `additional` are members of
    `additionalEventData` beside those of every call."""

    request_parameters: Members | None = None
    response_elements: Members | None = None
    resources: tuple[Resource, ...] = ()
    additional: Mapping[str, object] = field(default_factory=dict)


NOTHING_TOLD = Particulars()  # GetCallerIdentity


def assume_role(
    request: AssumeRoleRequest,
    assumed: AssumedRole,
    duration_seconds: int | None = None,
    incoming_tags: Mapping[str, str] | None = None,
) -> Particulars:
    """`duration_seconds` as it was passed; `incoming_tags` are inherited from the caller."""
    parameters = _passed(
        roleArn=request.role_arn,
        roleSessionName=request.role_session_name,
        policyArns=_policy_arns(request.policy_arns),
        policy=request.policy,
        durationSeconds=duration_seconds,
        tags=_tags(request.tags),
        transitiveTagKeys=list(request.transitive_tag_keys) or None,
        externalId=request.external_id,
        serialNumber=request.serial_number,
        sourceIdentity=assumed.source_identity,
        incomingTransitiveTags=dict(incoming_tags or {}) or None,
    )
    elements = _passed(
        credentials=_credentials(assumed.credentials),
        assumedRoleUser=_assumed_role_user(assumed.principal),
        packedPolicySize=assumed.packed_size,
        sourceIdentity=assumed.source_identity,
    )
    return Particulars(parameters, elements, (_role(assumed.principal),))


def assume_role_with_saml(
    credentials: Credentials,
    principal: RoleSessionPrincipal,
    *,
    assertion_id: str,
    provider_arn: str,
    subject: str,
    subject_type: str,
    issuer: str,
    audience: str,
    name_qualifier: str,
    duration_seconds: int | None = None,
    policy: str | None = None,
    policy_arns: Sequence[str] = (),
    principal_tags: Mapping[str, str] | None = None,
    transitive_tag_keys: Sequence[str] = (),
    source_identity: str | None = None,
    packed_size: int | None = None,
) -> Particulars:
    """The assertion itself does not appear, its `ID` does."""
    parameters = _passed(
        sAMLAssertionID=assertion_id,
        roleSessionName=principal.session_name,
        sourceIdentity=source_identity,
        principalTags=dict(principal_tags or {}) or None,
        transitiveTagKeys=list(transitive_tag_keys) or None,
        roleArn=principal.role.arn,
        principalArn=provider_arn,
        policyArns=_policy_arns(policy_arns),
        policy=policy,
        durationSeconds=duration_seconds,
    )
    elements = _passed(
        credentials=_credentials(credentials),
        assumedRoleUser=_assumed_role_user(principal),
        packedPolicySize=packed_size,
        subject=subject,
        subjectType=subject_type,
        issuer=issuer,
        audience=audience,
        nameQualifier=name_qualifier,
        sourceIdentity=source_identity,
    )
    account = provider_arn.split(":", 5)[4]
    provider = Resource(account, "AWS::IAM::SAMLProvider", provider_arn)
    return Particulars(parameters, elements, (_role(principal), provider))


def assume_role_with_web_identity(
    credentials: Credentials,
    principal: RoleSessionPrincipal,
    *,
    provider: str,
    subject: str,
    audience: str,
    provider_id: str | None = None,
    duration_seconds: int | None = None,
    policy: str | None = None,
    policy_arns: Sequence[str] = (),
    principal_tags: Mapping[str, str] | None = None,
    transitive_tag_keys: Sequence[str] = (),
    source_identity: str | None = None,
    packed_size: int | None = None,
    authorized_by_idp: bool = False,
) -> Particulars:
    """`provider` is an ARN, or the domain of a built-in one, which then came as `provider_id`.

    The keys of no provider are fetched, so there is no connection that a thumbprint vouches for:
    the trust store it is.
    """
    parameters = _passed(
        roleArn=principal.role.arn,
        roleSessionName=principal.session_name,
        providerId=provider_id,
        sourceIdentity=source_identity,
        durationSeconds=duration_seconds,
        principalTags=dict(principal_tags or {}) or None,
        transitiveTagKeys=list(transitive_tag_keys) or None,
        policyArns=_policy_arns(policy_arns),
        policy=policy,
    )
    elements = _passed(
        credentials=_credentials(credentials),
        subjectFromWebIdentityToken=subject,
        sourceIdentity=source_identity,
        assumedRoleUser=_assumed_role_user(principal),
        packedPolicySize=packed_size,
        provider=provider,
        audience=audience,
    )
    additional: Members = {"RoleAuthorizedByIdp": True} if authorized_by_idp else {}
    additional["identityProviderConnectionVerificationMethod"] = "IAMTrustStore"
    return Particulars(parameters, elements, (_role(principal),), additional)


def assume_root(
    request: AssumeRootRequest, assumed: AssumedRoot, duration_seconds: int | None = None
) -> Particulars:
    """No resource: the account is a parameter."""
    parameters = _passed(
        targetPrincipal=request.target_principal,
        taskPolicyArn={"arn": request.task_policy_arn},
        durationSeconds=duration_seconds,
    )
    elements = _passed(
        credentials=_credentials(assumed.credentials), sourceIdentity=assumed.source_identity
    )
    return Particulars(parameters, elements)


def decode_authorization_message(encoded_message: str) -> Particulars:
    """What was decoded is told to the caller alone. That the message appears is inferred."""
    return Particulars({"encodedMessage": encoded_message})


def get_access_key_info(access_key_id: str) -> Particulars:
    """A question that the record repeats."""
    return Particulars({"accessKeyId": access_key_id})


def get_federation_token(
    request: GetFederationTokenRequest,
    federated: FederatedUser,
    duration_seconds: int | None = None,
) -> Particulars:
    """Unlike AssumeRole it always tells packedPolicySize."""
    parameters = _passed(
        name=request.name,
        policy=request.policy,
        policyArns=_policy_arns(request.policy_arns),
        durationSeconds=duration_seconds,
        tags=_tags(request.tags),
    )
    principal: FederatedUserPrincipal = federated.principal
    elements = _passed(
        credentials=_credentials(federated.credentials),
        federatedUser={"federatedUserId": principal.user_id, "arn": principal.arn},
        packedPolicySize=federated.credentials.packed_size,
    )
    return Particulars(parameters, elements)


def get_session_token(
    request: GetSessionTokenRequest, credentials: Credentials, duration_seconds: int | None = None
) -> Particulars:
    """The code of the MFA device does not appear."""
    parameters = _passed(durationSeconds=duration_seconds, serialNumber=request.serial_number)
    return Particulars(parameters or None, {"credentials": _credentials(credentials)})


def get_web_identity_token(
    audiences: Sequence[str],
    signing_algorithm: str,
    expires_at: datetime,
    duration_seconds: int | None = None,
    tags: Sequence[Tag] = (),
) -> Particulars:
    """The token does not appear. No record of this operation is known: all of this is inferred."""
    parameters = _passed(
        audience=list(audiences),
        durationSeconds=duration_seconds,
        signingAlgorithm=signing_algorithm,
        tags=_tags(tags),
    )
    return Particulars(parameters, {"expiration": console_date(expires_at)})


def _passed(**members: object) -> Members:
    return {name: value for name, value in members.items() if value is not None}


def _policy_arns(arns: Sequence[str]) -> list[Members] | None:
    return [{"arn": arn} for arn in arns] or None


def _tags(tags: Sequence[Tag]) -> list[Members] | None:
    return [{"key": key, "value": value} for key, value in tags] or None


def _credentials(credentials: Credentials) -> Members:
    return {
        "accessKeyId": credentials.access_key_id,
        "sessionToken": credentials.session_token,
        "expiration": console_date(credentials.expires_at),
    }


def _assumed_role_user(principal: RoleSessionPrincipal) -> Members:
    return {"assumedRoleId": principal.user_id, "arn": principal.arn}


def _role(principal: RoleSessionPrincipal) -> Resource:
    role = principal.role
    return Resource(role.account, "AWS::IAM::Role", role.arn)
