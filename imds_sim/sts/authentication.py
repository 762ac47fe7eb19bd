"""Whose key it is: long-term keys by the directory, temporary ones by their session token.

Source: recorded answers, for the order of the checks.
"""

from dataclasses import dataclass
from datetime import datetime

from imds_sim.iam.directory import Directory
from imds_sim.iam.instance_identity import instance_identity_role
from imds_sim.iam.principals import (
    Caller,
    FederatedUserPrincipal,
    RoleSessionPrincipal,
    RootPrincipal,
    UserPrincipal,
)
from imds_sim.kernel.secret import Secret
from imds_sim.sts.errors import ExpiredToken, InvalidClientTokenId, SessionTokenInvalid
from imds_sim.sts.sealed_session import SealedSession, SessionKind
from imds_sim.sts.sessions import SessionSealer
from imds_sim.sts.signer import Signer


@dataclass(frozen=True, slots=True)
class Authenticated:
    """Whose access key it is, and the secret that the signature must prove."""

    signer: Signer
    secret_access_key: Secret
    _foreign_session_token: bool = False

    def refuse_foreign_session_token(self) -> None:
        """Raise InvalidClientTokenId if a session token came with a long-term key.

        AWS says so only after it has checked the signature; which text it has was not recorded.
        """
        if self._foreign_session_token:
            raise InvalidClientTokenId("a session token came with a long-term access key")


def authenticate(
    directory: Directory,
    sealer: SessionSealer,
    now: datetime,
    key_id: str,
    session_token: str | None,
) -> Authenticated:
    """Find whose key it is. Raises InvalidClientTokenId, ExpiredToken.

    In the order of AWS: the key is known; a temporary key's token opens and is the key's; it has
    not expired; who issued it is still the same. The signature comes after that.
    """
    if (found := directory.access_key(key_id)) is not None:
        user, key = found
        return Authenticated(
            Signer(UserPrincipal(user)), key.secret, _foreign_session_token=bool(session_token)
        )
    if session_token is None:
        raise InvalidClientTokenId("no such access key, and no session token")
    try:
        session = sealer.open(session_token)
    except SessionTokenInvalid as error:
        raise InvalidClientTokenId(f"session token: {error}") from None
    if session.access_key_id != key_id:
        raise InvalidClientTokenId("the session token is another key's")
    if session.expires_at <= now:
        raise ExpiredToken(f"expired at {session.expires_at.isoformat()}")
    principal = _principal(directory, session)
    return Authenticated(Signer(principal, session), sealer.secret_access_key(session_token))


def _principal(directory: Directory, session: SealedSession) -> Caller:
    """Who holds the session. Raises InvalidClientTokenId if its issuer is gone or recreated."""
    match session.kind:
        case SessionKind.ROLE:
            role = directory.role_with_id(session.issuer_id)
            if role is not None:
                return RoleSessionPrincipal(role, session.name)
        case SessionKind.USER:
            if (user := directory.user_with_id(session.issuer_id)) is not None:
                return UserPrincipal(user)
            if _is_root(session):
                return RootPrincipal(session.account, session.partition)
        case SessionKind.FEDERATED_USER:
            user = directory.user_with_id(session.issuer_id)
            if user is not None or _is_root(session):
                return FederatedUserPrincipal(
                    user, session.account, session.partition, session.name
                )
        case SessionKind.ROOT_TASK:
            return RootPrincipal(session.account, session.partition)
        case SessionKind.INSTANCE_IDENTITY:
            role = instance_identity_role(session.account, session.partition)
            return RoleSessionPrincipal(role, session.name)
    raise InvalidClientTokenId(
        f"{session.issuer_arn} with id {session.issuer_id} does not exist any more"
    )


def _is_root(session: SealedSession) -> bool:
    """Whether the account's root called GetSessionToken or GetFederationToken."""
    return session.issuer_id == session.account
