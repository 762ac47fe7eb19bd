"""The sections of users and roles."""

from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, Field

from imds_sim.config.schema.durations import MaxSessionDuration
from imds_sim.config.schema.files import SecretFile, SecretText
from imds_sim.config.schema.mfa import MfaSeed, MfaSerial, at_most_eight
from imds_sim.config.schema.names import AccessKeyId, AccountId, IamPath, RoleId
from imds_sim.config.schema.policies import BoundaryPolicy, IdentityPolicies, Trust
from imds_sim.config.schema.section import Section
from imds_sim.config.schema.tags import Tags

_POLICIES = (
    "Identity-based policies by name: each a policy document, or the name or ARN of a managed "
    "policy. Default: {}, which allows GetCallerIdentity and no more."
)
_BOUNDARY = (
    "Permissions boundary: a policy document, or the name or ARN of a managed policy. "
    "Default: none."
)
_TAGS = "Tags by key, 50 at most. Default: {}."


class AccessKeySection(Section):
    """A long-term key of a user; what is left out is derived from the state key."""

    id: AccessKeyId | None = Field(
        None, description="Access key id, 16 to 128 characters. Default: derived, AKIA..."
    )
    secret: SecretText | None = Field(
        None, description="Secret access key, up to 128 characters. Default: derived."
    )
    secret_file: SecretFile | None = Field(
        None, description="File that holds the secret access key, instead of secret."
    )


class MfaDeviceSection(Section):
    """A virtual MFA device of a user."""

    serial: MfaSerial | None = Field(
        None,
        description="Serial number, an ARN as a rule. Default: arn:aws:iam::ACCOUNT:mfa/USER.",
    )
    seed: MfaSeed = Field(
        description="Required. Secret of the device in base32, 16 to 128 characters: codes are "
        "made of it as RFC 6238 says (SHA-1, 30 seconds, 6 digits)."
    )


class UserSection(Section):
    """A user, its long-term keys and what it may do."""

    path: IamPath = Field("/", description="IAM path of the user. Default: /.")
    access_keys: Annotated[tuple[AccessKeySection, ...], Field(strict=False)] | None = Field(
        None,
        description="Long-term keys of the user. Default: one, derived from the state key; "
        "[] for none.",
    )
    policies: IdentityPolicies = Field(default_factory=dict, description=_POLICIES)
    permissions_boundary: BoundaryPolicy | None = Field(None, description=_BOUNDARY)
    tags: Tags = Field(default_factory=dict, description=_TAGS)
    mfa_devices: Annotated[
        tuple[MfaDeviceSection, ...], Field(strict=False), AfterValidator(at_most_eight)
    ] = Field((), description="Virtual MFA devices of the user, 8 at most. Default: [].")


class RoleSection(Section):
    """A role, who may assume it and what it may do."""

    account: AccountId | None = Field(
        None, description="Account of the role, 12 digits. Default: the account of the file."
    )
    path: IamPath = Field("/", description="IAM path of the role. Default: /.")
    unique_id: RoleId | None = Field(
        None,
        description="Unique id, AROA and 17 characters. Default: derived from the state key, "
        "account, path, name and generation.",
    )
    trust: Trust | None = Field(
        None,
        description="Trust policy: a policy document, or none for nobody. Default: the service "
        "principals of the workloads that use the role.",
    )
    policies: IdentityPolicies = Field(default_factory=dict, description=_POLICIES)
    permissions_boundary: BoundaryPolicy | None = Field(None, description=_BOUNDARY)
    tags: Tags = Field(default_factory=dict, description=_TAGS)
    max_session_duration: MaxSessionDuration = Field(
        timedelta(hours=1),
        description="Longest session a caller of the API may ask for, 1h to 12h. Default: 1h.",
    )
