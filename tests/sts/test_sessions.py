from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from imds_sim.kernel.entropy import SeededEntropy, SystemEntropy
from imds_sim.sts.errors import PackedPolicyTooLarge, SessionTokenInvalid
from imds_sim.sts.limits import MAX_SESSION_TOKEN
from imds_sim.sts.sealed_session import SealedSession
from imds_sim.sts.sessions import SessionSealer

KEY = bytes(range(32))
ISSUED = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
SESSION = SealedSession(
    access_key_id="ASIAQNZGKIQY56JQ7WML",
    issuer_arn="arn:aws:iam::111122223333:role/team/web",
    issuer_id="AROAWEB23456723456723",
    name="i-0a",
    issued_at=ISSUED,
    expires_at=ISSUED + timedelta(hours=6),
    context={"ec2:RoleDelivery": "2.0", "x:Note": "ł"},
)


@pytest.fixture
def sealer() -> SessionSealer:
    return SessionSealer(KEY, SeededEntropy(1))


def sealed(sealer: SessionSealer, session: SealedSession = SESSION) -> str:
    return sealer.seal(session, b"", "eu-west-1", "test").reveal()


def test_what_was_sealed_is_opened_again(sealer: SessionSealer) -> None:
    assert sealer.open(sealed(sealer)) == SESSION


def test_a_token_looks_like_one_of_a_regional_endpoint(sealer: SessionSealer) -> None:
    session_token = sealed(sealer)
    assert session_token.startswith("IQoJb3JpZ2luX2Vj")
    raw = b64decode(session_token)
    assert b"\x1a\x09eu-west-1" in raw
    assert b"\x1a\x0c111122223333" in raw
    assert b"web" not in raw
    assert 100 <= len(session_token) <= MAX_SESSION_TOKEN


def test_another_process_with_the_same_state_key_opens_it_in_any_region(
    sealer: SessionSealer,
) -> None:
    session_token = sealer.seal(SESSION, b"", "us-gov-west-1", "test").reveal()
    other = SessionSealer(KEY, SystemEntropy())
    assert other.open(session_token) == SESSION
    assert other.secret_access_key(session_token) == sealer.secret_access_key(session_token)


def test_another_state_key_does_not_open_it(sealer: SessionSealer) -> None:
    other = SessionSealer(bytes(32), SeededEntropy(1))
    with pytest.raises(SessionTokenInvalid):
        other.open(sealed(sealer))


def test_no_byte_of_a_token_can_be_changed(sealer: SessionSealer) -> None:
    raw = b64decode(sealed(sealer))
    for index in range(len(raw)):
        for change in (0x01, 0x80):
            damaged = bytearray(raw)
            damaged[index] ^= change
            with pytest.raises(SessionTokenInvalid):
                sealer.open(b64encode(damaged).decode())


def test_no_token_can_be_cut_or_extended(sealer: SessionSealer) -> None:
    raw = b64decode(sealed(sealer))
    for length in range(len(raw)):
        with pytest.raises(SessionTokenInvalid):
            sealer.open(b64encode(raw[:length]).decode())
    with pytest.raises(SessionTokenInvalid):
        sealer.open(b64encode(raw + b"\0").decode())


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda text: text.rstrip("="), id="padding gone"),
        pytest.param(lambda text: text + "=", id="padding too much"),
        pytest.param(lambda text: text + "\n", id="line end"),
        pytest.param(lambda text: text[:40] + " " + text[40:], id="white space"),
        pytest.param(lambda text: text.replace("+", "-").replace("/", "_") + "-", id="url-safe"),
        pytest.param(lambda text: text + text, id="twice"),
        pytest.param(lambda text: "é" + text, id="not ASCII"),
        pytest.param(lambda text: "A" * (MAX_SESSION_TOKEN + 4), id="too long"),
        pytest.param(lambda text: "", id="empty"),
    ],
)
def test_a_token_has_one_spelling(sealer: SessionSealer, spoil: Callable[[str], str]) -> None:
    with pytest.raises(SessionTokenInvalid):
        sealer.open(spoil(sealed(sealer)))


def test_the_unused_bits_of_the_last_character_must_be_zero(sealer: SessionSealer) -> None:
    names = (SESSION.name + "x" * count for count in range(3))
    tokens = [sealed(sealer, replace(SESSION, name=name)) for name in names]
    [padded] = [token for token in tokens if token.endswith("==")]
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    other = alphabet[alphabet.index(padded[-3]) + 1]
    spoiled = padded[:-3] + other + "=="
    assert b64decode(spoiled) == b64decode(padded)
    with pytest.raises(SessionTokenInvalid):
        sealer.open(spoiled)


def test_two_tokens_of_one_session_have_different_secrets(sealer: SessionSealer) -> None:
    one, two = sealed(sealer), sealed(sealer)
    assert one != two
    secret = sealer.secret_access_key(one)
    assert secret == sealer.secret_access_key(one)
    assert secret != sealer.secret_access_key(two)
    assert len(secret.reveal()) == 40


def test_a_seed_used_again_never_repeats_a_nonce_for_another_statement() -> None:
    first = b64decode(sealed(SessionSealer(KEY, SeededEntropy(1))))
    later = replace(SESSION, expires_at=SESSION.expires_at + timedelta(seconds=1))
    second = b64decode(sealed(SessionSealer(KEY, SeededEntropy(1)), later))
    at = first.index(b"\x22\x0c") + 2
    assert first[:at] == second[:at]
    assert first[at : at + 12] != second[at : at + 12]


def test_a_session_that_would_not_fit_is_refused(sealer: SessionSealer) -> None:
    def with_note(length: int) -> SealedSession:
        return replace(SESSION, context={"x:note": "z" * length})

    room = MAX_SESSION_TOKEN // 4 * 3 - len(b64decode(sealed(sealer, with_note(0))))
    assert len(sealed(sealer, with_note(room))) == MAX_SESSION_TOKEN
    with pytest.raises(PackedPolicyTooLarge, match="Serialized token too large for session"):
        sealed(sealer, with_note(room + 1))


def test_neither_key_nor_secrets_show_in_a_repr(sealer: SessionSealer) -> None:
    assert repr(sealer) == "SessionSealer()"
