"""The whole file: the keys at its top and the small sections among them."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, PlainValidator, PrivateAttr, WithJsonSchema

from imds_sim.config.errors import Problem
from imds_sim.config.schema.accounts import AccountSection
from imds_sim.config.schema.alarms import AlarmSection
from imds_sim.config.schema.durations import DrainTimeout, Lifetime, MinRemaining, RefreshEvery
from imds_sim.config.schema.ecs import EcsSection
from imds_sim.config.schema.endpoints import EndpointPath, EndpointSection
from imds_sim.config.schema.faults import Faults, WeatherSection
from imds_sim.config.schema.files import Directory, OutputFile, StateKeyFile, TokenFile
from imds_sim.config.schema.hops import HopLimitSection
from imds_sim.config.schema.identities import RoleSection, UserSection
from imds_sim.config.schema.identity_providers import IssuerUrl, OidcProviderSection
from imds_sim.config.schema.listen import ClientPrefixes, ListenAddresses, ListenSection
from imds_sim.config.schema.names import (
    AccountId,
    AccountKey,
    FunctionName,
    PodName,
    Region,
    RoleName,
    UserName,
)
from imds_sim.config.schema.names import WorkloadName as Name
from imds_sim.config.schema.policies import ManagedPolicy, ManagedPolicyKey
from imds_sim.config.schema.saml_providers import SamlProviderName, SamlProviderSection
from imds_sim.config.schema.section import Section
from imds_sim.config.schema.tasks import TaskSection
from imds_sim.config.schema.text import Seed, Truth, one_of, whole_number
from imds_sim.config.schema.workloads import FunctionSection, InstanceSection, PodSection

MAX_JOURNAL = 1_000_000


def _capacity(value: object) -> int:
    number = whole_number(value)
    if not 0 <= number <= MAX_JOURNAL:
        raise ValueError(f"{number} is not allowed; allowed: 0 to {MAX_JOURNAL}")
    return number


def _nothing_is_empty(value: object) -> object:
    return {} if value is None else value


_LEVELS: tuple[Literal["debug", "info", "warning", "error"], ...] = (
    "debug",
    "info",
    "warning",
    "error",
)
Level = Annotated[
    Literal["debug", "info", "warning", "error"],
    PlainValidator(one_of(*_LEVELS)),
    WithJsonSchema({"enum": list(_LEVELS)}),
]
_FORMATS: tuple[Literal["auto", "text", "json", "journald"], ...] = (
    "auto",
    "text",
    "json",
    "journald",
)
LogFormat = Annotated[
    Literal["auto", "text", "json", "journald"],
    PlainValidator(one_of(*_FORMATS)),
    WithJsonSchema({"enum": list(_FORMATS)}),
]
Capacity = Annotated[
    int,
    PlainValidator(_capacity),
    WithJsonSchema({"type": "integer", "minimum": 0, "maximum": MAX_JOURNAL}),
]
_Empty = BeforeValidator(_nothing_is_empty)


class CredentialsSection(Section):
    """How long credentials live and when they are replaced."""

    lifetime: Lifetime = Field(
        timedelta(hours=6, minutes=35),
        description="Lifetime of the credentials of instances, 15m to 12h. Default: 6h35m.",
    )
    refresh_every: RefreshEvery = Field(
        timedelta(hours=1),
        description="Age at which credentials are replaced, 1s to 12h; below every workload's "
        "lifetime - min_remaining. Default: 1h.",
    )
    min_remaining: MinRemaining = Field(
        timedelta(minutes=20),
        description="Credentials with no more than this left are replaced, 0 to 12h. Default: 20m.",
    )


class StsSection(Section):
    """How the STS judges requests."""

    strict_region: Truth = Field(
        False,
        description="Whether a signature must be made for the region of the file. Default: false.",
    )


class JournalSection(Section):
    """The journal of requests."""

    capacity: Capacity = Field(
        10_000, description="How many requests are remembered, 0 to 1000000. Default: 10000."
    )
    file: OutputFile | None = Field(
        None, description="File that every request is appended to, as JSON lines. Default: none."
    )


class AuditSection(Section):
    """The CloudTrail records of the STS."""

    capacity: Capacity = Field(
        10_000, description="How many records are remembered, 0 to 1000000. Default: 10000."
    )
    file: OutputFile | None = Field(
        None, description="File that every record is appended to, as JSON lines. Default: none."
    )
    session_tokens: Truth = Field(
        False,
        description="Whether session tokens stand in the records, as at AWS; else "
        "HIDDEN_DUE_TO_SECURITY_REASONS does. Default: false.",
    )


class LogSection(Section):
    """What the daemon tells of itself."""

    level: Level = Field(
        "info", description="Least level logged: debug, info, warning or error. Default: info."
    )
    format: LogFormat = Field(
        "auto",
        description="Form of the lines: text, json, journald, or auto: journald where standard "
        "error is the journal, text on a terminal, else json. Default: auto.",
    )


@dataclass(frozen=True, slots=True)
class _ReadFrom:
    """The text of a configuration; it makes no difference between two that say the same."""

    text: str | None = field(default=None, compare=False, repr=False)


class Configuration(Section):
    """A configuration of imds-sim, checked."""

    account: AccountId = Field(
        "111122223333",
        description="Account of everything in the file, 12 digits. Default: 111122223333.",
    )
    region: Region = Field(
        "us-east-1", description="Region; the partition follows from it. Default: us-east-1."
    )
    seed: Seed | None = Field(
        None,
        description="Number or text that makes chance, and with it the state key, repeatable. "
        "Default: chance from the system.",
    )
    listen: ListenSection = Field(
        default_factory=ListenSection, description="Addresses of the surfaces."
    )
    allow_public_bind: Truth = Field(
        False,
        description="Whether addresses may be bound that other machines can reach. Default: false.",
    )
    allow_clients: ClientPrefixes = Field(
        (),
        description="Addresses and prefixes of the clients that may connect to the surfaces; the "
        "others are closed at once, those of this machine too. Of no concern to probes and "
        "listen.admin. Default: [], everybody.",
    )
    hop_limit: HopLimitSection = Field(
        default_factory=HopLimitSection,
        description="Who counts how far answers with a token travel. Default: {mode: wire}.",
    )
    admin_token_file: TokenFile | None = Field(
        None,
        repr=False,
        description="File with the bearer token that listen.admin asks for on a TCP port, mode "
        "0600. Default: none.",
    )
    probes: ListenAddresses = Field(
        (),
        description="Addresses that answer /healthz, /readyz and /metrics, and nothing else. "
        "Default: [], none.",
    )
    drain_timeout: DrainTimeout = Field(
        timedelta(seconds=10),
        description="How long open requests may take at the end, 0 to 10m. Default: 10s.",
    )
    state_dir: Directory | None = Field(
        None,
        description="Directory for what outlives the daemon, e.g. /var/lib/imds-sim. "
        "Default: none, nothing outlives it.",
    )
    state_key_file: StateKeyFile | None = Field(
        None,
        repr=False,
        description="File with the state key: 32 bytes, 64 hexadecimal digits or base64. "
        "Default: from seed, else from state_dir, else random.",
    )
    credentials: CredentialsSection = Field(
        default_factory=CredentialsSection, description="Lifetime and refresh of credentials."
    )
    users: Annotated[dict[UserName, UserSection], _Empty] = Field(
        default_factory=dict, description="Users by name. Default: {}."
    )
    sts: StsSection = Field(default_factory=StsSection, description="The STS.")
    roles: Annotated[dict[RoleName, RoleSection], _Empty] = Field(
        default_factory=dict, description="Roles by name. Default: {}."
    )
    accounts: Annotated[dict[AccountKey, AccountSection], _Empty] = Field(
        default_factory=dict,
        description="Accounts by id: organization, service and resource control policies. "
        "Default: {}.",
    )
    managed_policies: Annotated[dict[ManagedPolicyKey, ManagedPolicy], _Empty] = Field(
        default_factory=dict,
        description="Managed policies by ARN, or by name in the account of the file. Default: {}.",
    )
    oidc_providers: Annotated[dict[IssuerUrl, OidcProviderSection], _Empty] = Field(
        default_factory=dict,
        description="OpenID Connect providers by the URL of their issuer. Default: {}.",
    )
    saml_providers: Annotated[dict[SamlProviderName, SamlProviderSection], _Empty] = Field(
        default_factory=dict,
        description="SAML providers of the account of the file, by name. Default: {}.",
    )
    instances: Annotated[dict[Name, InstanceSection], _Empty] = Field(
        default_factory=dict, description="EC2 instances by name. Default: {}."
    )
    tasks: Annotated[dict[Name, TaskSection], _Empty] = Field(
        default_factory=dict, description="ECS tasks by name. Default: {}."
    )
    pods: Annotated[dict[PodName, PodSection], _Empty] = Field(
        default_factory=dict, description="Pods of EKS clusters by name. Default: {}."
    )
    functions: Annotated[dict[FunctionName, FunctionSection], _Empty] = Field(
        default_factory=dict, description="Lambda functions by name. Default: {}."
    )
    endpoints: Annotated[dict[EndpointPath, EndpointSection], _Empty] = Field(
        default_factory=dict, description="Full-URI endpoints by path. Default: {}."
    )
    ecs: EcsSection = Field(default_factory=EcsSection, description="How the ECS agent answers.")
    alarms: Annotated[dict[Name, AlarmSection], _Empty] = Field(
        default_factory=dict, description="Alarms on the audit by name. Default: {}."
    )
    faults: Faults = Field((), description="Faults armed at the start. Default: [].")
    weather: WeatherSection | None = Field(
        None, description="Legal but unusual behaviour, now and then. Default: none."
    )
    journal: JournalSection = Field(default_factory=JournalSection, description="The journal.")
    audit: AuditSection = Field(default_factory=AuditSection, description="The audit of the STS.")
    log: LogSection = Field(default_factory=LogSection, description="The log.")

    _warnings: tuple[Problem, ...] = PrivateAttr(())
    _read_from: _ReadFrom = PrivateAttr(_ReadFrom())

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """What is allowed, but probably not meant."""
        return self._warnings

    @property
    def text(self) -> str | None:
        """The YAML that it was read from, if it was."""
        return self._read_from.text

    def with_text(self, text: str) -> "Configuration":
        """This configuration, read from `text`."""
        configuration = self.model_copy()
        configuration._read_from = _ReadFrom(text)
        return configuration

    def with_warnings(self, warnings: tuple[Problem, ...]) -> "Configuration":
        """This configuration, with what its check had to tell."""
        configuration = self.model_copy()
        configuration._warnings = warnings
        return configuration
