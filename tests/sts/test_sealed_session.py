from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from imds_sim.sts.contents import SessionContents
from imds_sim.sts.sealed_session import (
    SealedSession,
    SessionKind,
    read_statement,
    write_statement,
)

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
MOMENTS = st.integers(0, 4_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
SESSIONS = st.builds(
    SealedSession,
    access_key_id=TEXT,
    issuer_arn=TEXT,
    issuer_id=TEXT,
    name=TEXT,
    issued_at=MOMENTS,
    expires_at=MOMENTS,
    kind=st.sampled_from(SessionKind),
    context=st.dictionaries(TEXT, TEXT, max_size=3),
    contents=st.builds(SessionContents, tags=st.dictionaries(TEXT, TEXT, max_size=3)),
    source_identity=st.none() | TEXT,
    mfa_at=st.none() | MOMENTS,
)


@given(SESSIONS, st.integers(0, 100))
def test_what_was_written_is_read_whatever_padding_follows(
    session: SealedSession, padding: int
) -> None:
    statement = write_statement(session, session.contents.packed()) + bytes(padding)
    assert read_statement(statement) == session


def test_partition_and_account_are_those_of_the_issuer() -> None:
    now = datetime(2026, 1, 2, tzinfo=UTC)
    arn = "arn:aws-cn:iam::111122223333:role/a:b"
    session = SealedSession("ASIA", arn, "AROA", "s1", now, now + timedelta(hours=1))
    assert (session.partition, session.account) == ("aws-cn", "111122223333")
