"""The entities of IAM that credentials are made of: roles, users, identity providers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from imds_sim.iam.document import NamedPolicy, Policy
from imds_sim.kernel.secret import Secret


@dataclass(frozen=True, slots=True)
class Role:
    """A role. `path` begins and ends with a slash; `unique_id` is `AROA…` and ends with the role.

    `max_session_duration` is 1 to 12 hours and binds callers of the API only. `policies` are the
    inline ones and the attached managed ones.
    """

    partition: str
    account: str
    name: str
    unique_id: str
    trust: Policy
    path: str = "/"
    max_session_duration: timedelta = timedelta(hours=1)
    policies: tuple[NamedPolicy, ...] = ()
    permissions_boundary: Policy | None = None
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def arn(self) -> str:
        """The ARN with path: `arn:aws:iam::111122223333:role/path/name`."""
        return f"arn:{self.partition}:iam::{self.account}:role{self.path}{self.name}"


@dataclass(frozen=True, slots=True)
class AccessKey:
    """A long-term key of a user."""

    id: str
    secret: Secret


@dataclass(frozen=True, slots=True)
class MfaDevice:
    """An MFA device of a user: `serial` is its ARN or number, `seed` the secret in base32."""

    serial: str
    seed: Secret


@dataclass(frozen=True, slots=True)
class User:
    """A user with its long-term keys; `unique_id` is `AIDA…`.

    `policies` are its own and those of its groups.
    """

    partition: str
    account: str
    name: str
    unique_id: str
    path: str = "/"
    access_keys: tuple[AccessKey, ...] = ()
    policies: tuple[NamedPolicy, ...] = ()
    permissions_boundary: Policy | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    mfa_devices: tuple[MfaDevice, ...] = ()

    @property
    def arn(self) -> str:
        """The ARN with path: `arn:aws:iam::111122223333:user/path/name`."""
        return f"arn:{self.partition}:iam::{self.account}:user{self.path}{self.name}"


@dataclass(frozen=True, slots=True)
class OidcProvider:
    """An OpenID Connect provider whose tokens an account accepts.

    `issuer` is the exact `iss` of its tokens, `client_ids` are the audiences it may name. `key_set`
    is a JSON Web Key Set as text, or None for an issuer that is built in and signs here; `name` is
    what commands and addresses call it. `claims` become condition keys beside the standard ones.
    One that is not `is_reachable` cannot be asked for its keys.
    """

    partition: str
    account: str
    issuer: str
    client_ids: tuple[str, ...]
    name: str
    key_set: str | None = None
    claims: tuple[str, ...] = ()
    is_reachable: bool = True

    @property
    def place(self) -> str:
        """Host and path, which ARNs and condition keys begin with; a final slash stays."""
        return self.issuer.partition("://")[2]

    @property
    def arn(self) -> str:
        return f"arn:{self.partition}:iam::{self.account}:oidc-provider/{self.place}"


@dataclass(frozen=True, slots=True)
class SamlProvider:
    """A SAML provider whose assertions an account accepts.

    `entity_id` is the issuer of its assertions, `certificates` (PEM) are of the keys that may have
    signed them; without any the provider is built in, and signs with a key that is made here.
    """

    partition: str
    account: str
    name: str
    entity_id: str
    certificates: tuple[str, ...] = ()

    @property
    def is_built_in(self) -> bool:
        return not self.certificates

    @property
    def arn(self) -> str:
        return f"arn:{self.partition}:iam::{self.account}:saml-provider/{self.name}"
