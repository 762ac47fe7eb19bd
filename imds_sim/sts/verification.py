"""What another local emulator asks: are these credentials good, and what do they allow?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from imds_sim.iam.document import NamedPolicy, Policy
from imds_sim.iam.entities import Role, User
from imds_sim.iam.principals import (
    Caller,
    FederatedUserPrincipal,
    RoleSessionPrincipal,
    RootPrincipal,
    UserPrincipal,
)
from imds_sim.sts.contents import NO_CONTENTS, SessionContents
from imds_sim.sts.signer import Signer


@dataclass(frozen=True, slots=True)
class VerifiedSession:
    """Who holds a key, until when, and what restricts the holder.

    `kind` is `user` for a long-term key and a session of GetSessionToken alike, else the kind of
    the session; only long-term keys do not expire. `context` holds the condition keys that every
    request of the session has. `identity_policies` and `permissions_boundary` are those of the
    role or user behind it.
    """

    access_key_id: str
    principal: Caller
    arn: str
    account: str
    user_id: str
    kind: str
    issued_at: datetime | None
    expires_at: datetime | None
    contents: SessionContents = NO_CONTENTS
    source_identity: str | None = None
    context: Mapping[str, str] = field(default_factory=dict)
    identity_policies: tuple[NamedPolicy, ...] = ()
    permissions_boundary: Policy | None = None

    @classmethod
    def of(cls, access_key_id: str, signer: Signer) -> "VerifiedSession":
        """The facts of a key whose session token was checked, if it has one."""
        principal, session = signer.principal, signer.session
        entity: Role | User | None = None
        match principal:
            case RoleSessionPrincipal():
                entity = principal.role
            case UserPrincipal() | FederatedUserPrincipal():
                entity = principal.user
            case RootPrincipal():
                pass
        return cls(
            access_key_id=access_key_id,
            principal=principal,
            arn=signer.arn,
            account=principal.account,
            user_id=principal.user_id,
            kind="user" if session is None else session.kind.value,
            issued_at=None if session is None else session.issued_at,
            expires_at=None if session is None else session.expires_at,
            contents=NO_CONTENTS if session is None else session.contents,
            source_identity=signer.source_identity,
            context={} if session is None else session.context,
            identity_policies=() if entity is None else entity.policies,
            permissions_boundary=None if entity is None else entity.permissions_boundary,
        )
