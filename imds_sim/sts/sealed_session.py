"""A session as its session token tells it: who it is of, until when, and what was put into it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from imds_sim.sts.contents import NO_CONTENTS, SessionContents


class SessionKind(StrEnum):
    """What issued the session, by what its holder is."""

    ROLE = "role"  # AssumeRole and its kin
    USER = "user"  # GetSessionToken
    FEDERATED_USER = "federated-user"  # GetFederationToken
    ROOT_TASK = "root-task"  # AssumeRoot
    INSTANCE_IDENTITY = "instance-identity"  # EC2 itself, for each instance


@dataclass(frozen=True, slots=True)
class SealedSession:
    """What a session token says. Times are whole seconds of the simulator's time.

    `issuer_arn` and `issuer_id` are the role's or the user's; without either, those of the
    account's root. `name` is the role session's or the federated user's. `context` holds condition
    keys that every later request of the session has, such as `ec2:RoleDelivery`. `mfa_at` is when
    the caller of GetSessionToken proved possession of an MFA device.
    """

    access_key_id: str
    issuer_arn: str
    issuer_id: str
    name: str
    issued_at: datetime
    expires_at: datetime
    kind: SessionKind = SessionKind.ROLE
    context: Mapping[str, str] = field(default_factory=dict)
    contents: SessionContents = NO_CONTENTS
    source_identity: str | None = None
    mfa_at: datetime | None = None

    @property
    def partition(self) -> str:
        return self.issuer_arn.split(":", 2)[1]

    @property
    def account(self) -> str:
        return self.issuer_arn.split(":", 5)[4]


def write_statement(session: SealedSession, packed: bytes) -> bytes:
    """The session as bytes, to be sealed; `packed` are its contents. Zeros may follow."""
    facts = [
        session.kind.value,
        session.access_key_id,
        session.issuer_arn,
        session.issuer_id,
        session.name,
        int(session.issued_at.timestamp()),
        int(session.expires_at.timestamp()),
        dict(session.context),
        session.source_identity,
        None if session.mfa_at is None else int(session.mfa_at.timestamp()),
        len(packed),
    ]
    return json.dumps(facts, separators=(",", ":")).encode() + b"\0" + packed


def read_statement(statement: bytes) -> SealedSession:
    """Read what `write_statement` wrote; it must be authentic."""
    facts, _, rest = statement.partition(b"\0")
    kind, key_id, arn, unique_id, name, issued, expires, context, source, mfa, size = json.loads(
        facts
    )
    return SealedSession(
        access_key_id=key_id,
        issuer_arn=arn,
        issuer_id=unique_id,
        name=name,
        issued_at=datetime.fromtimestamp(issued, UTC),
        expires_at=datetime.fromtimestamp(expires, UTC),
        kind=SessionKind(kind),
        context=context,
        contents=SessionContents.unpacked(rest[:size]),
        source_identity=source,
        mfa_at=None if mfa is None else datetime.fromtimestamp(mfa, UTC),
    )
