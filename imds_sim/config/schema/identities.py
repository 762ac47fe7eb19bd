"""The sections of users and roles."""

from datetime import timedelta
from typing import Annotated, ClassVar

from pydantic import Field

from imds_sim.config.schema.durations import MaxSessionDuration
from imds_sim.config.schema.files import SecretFile, SecretText
from imds_sim.config.schema.names import AccessKeyId, AccountId, IamPath, RoleId
from imds_sim.config.schema.section import Section
from imds_sim.config.schema.trust import Trust


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


class UserSection(Section):
    """A user and its long-term keys."""

    not_supported_yet: ClassVar[frozenset[str]] = frozenset(
        {"policies", "permissions_boundary", "tags", "mfa_devices"}
    )

    path: IamPath = Field("/", description="IAM path of the user. Default: /.")
    access_keys: Annotated[tuple[AccessKeySection, ...], Field(strict=False)] | None = Field(
        None,
        description="Long-term keys of the user. Default: one, derived from the state key; "
        "[] for none.",
    )


class RoleSection(Section):
    """A role and who may assume it."""

    not_supported_yet: ClassVar[frozenset[str]] = frozenset(
        {"policies", "permissions_boundary", "tags"}
    )

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
    max_session_duration: MaxSessionDuration = Field(
        timedelta(hours=1),
        description="Longest session a caller of the API may ask for, 1h to 12h. Default: 1h.",
    )
