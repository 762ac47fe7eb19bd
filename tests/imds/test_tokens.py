import re
from contextlib import nullcontext
from datetime import timedelta

import pytest

from imds_sim.imds.errors import TokenNotAccepted, TtlOutOfRange
from imds_sim.imds.tokens import OPENED, MetadataTokens, decode_canonical
from imds_sim.kernel.clock import ManualClock
from imds_sim.kernel.entropy import SeededEntropy

MINUTE = timedelta(minutes=1)
SHAPE = re.compile(r"AQAEA[A-Za-z0-9_-]{49}==")


@pytest.mark.parametrize(
    ("presented_by", "age", "accepted"),
    [
        pytest.param("i-0a", timedelta(seconds=59), True, id="own, one second left"),
        pytest.param("i-0a", timedelta(seconds=60), False, id="own, just expired"),
        pytest.param("i-0b", timedelta(seconds=1), False, id="of another instance"),
    ],
)
def test_a_token_counts_on_its_own_instance_until_it_expires(
    tokens: MetadataTokens, clock: ManualClock, presented_by: str, age: timedelta, accepted: bool
) -> None:
    metadata_token = tokens.issue("i-0a", MINUTE).reveal()
    clock.advance(age)
    with nullcontext() if accepted else pytest.raises(TokenNotAccepted):
        tokens.check(metadata_token, presented_by)


def test_tokens_have_the_form_of_recorded_ones(tokens: MetadataTokens) -> None:
    for _ in range(200):
        metadata_token = tokens.issue("i-0a", MINUTE).reveal()
        assert SHAPE.fullmatch(metadata_token)
        assert len(metadata_token) == 56


@pytest.mark.parametrize(
    ("ttl", "accepted"),
    [
        (timedelta(0), False),
        (timedelta(seconds=1), True),
        (timedelta(seconds=21600), True),
        (timedelta(seconds=21601), False),
    ],
)
def test_a_token_lasts_from_one_second_to_six_hours(
    tokens: MetadataTokens, ttl: timedelta, accepted: bool
) -> None:
    with nullcontext() if accepted else pytest.raises(TtlOutOfRange):
        tokens.issue("i-0a", ttl)


def test_what_is_left_of_a_token_is_told(tokens: MetadataTokens, clock: ManualClock) -> None:
    clock.advance(timedelta(microseconds=123_457))
    metadata_token = tokens.issue("i-0a", timedelta(hours=6)).reveal()
    assert tokens.check(metadata_token, "i-0a") == timedelta(hours=6)
    clock.advance(timedelta(seconds=82))
    assert tokens.check(metadata_token, "i-0a") == timedelta(seconds=21518)


def test_a_token_outlives_the_service_that_issued_it(
    tokens: MetadataTokens, clock: ManualClock
) -> None:
    metadata_token = tokens.issue("i-0a", MINUTE).reveal()
    restarted = MetadataTokens(tokens.key, clock, SeededEntropy(2))
    assert restarted.check(metadata_token, "i-0a") == MINUTE
    stranger = MetadataTokens(b"x" * 32, clock, SeededEntropy(1))
    with pytest.raises(TokenNotAccepted):
        stranger.check(metadata_token, "i-0a")


def test_no_bit_of_a_token_can_be_changed(tokens: MetadataTokens) -> None:
    metadata_token = tokens.issue("i-0a", MINUTE).reveal()
    for position in range(54):
        for digit in "AQgw_-z9":
            changed = metadata_token[:position] + digit + metadata_token[position + 1 :]
            if changed != metadata_token:
                with pytest.raises(TokenNotAccepted):
                    tokens.check(changed, "i-0a")


def test_issued_tokens_are_kept_nowhere_and_a_bounded_number_of_shown_ones(
    tokens: MetadataTokens,
) -> None:
    issued = [tokens.issue("i-0a", MINUTE).reveal() for _ in range(OPENED + 1)]
    assert len(set(issued)) == OPENED + 1
    assert tokens._opened == {}
    for metadata_token in issued[:OPENED]:
        tokens.check(metadata_token, "i-0a")
    assert len(tokens._opened) == OPENED
    tokens.check(issued[OPENED], "i-0a")
    assert len(tokens._opened) == 1
    assert tokens.check(issued[0], "i-0a") == MINUTE
    assert isinstance(tokens.entropy, SeededEntropy)
    assert len(tokens.entropy._positions) == 1


def test_a_token_that_was_shown_before_still_expires_and_stays_its_own_instances(
    tokens: MetadataTokens, clock: ManualClock
) -> None:
    metadata_token = tokens.issue("i-0a", MINUTE).reveal()
    assert tokens.check(metadata_token, "i-0a") == MINUTE
    with pytest.raises(TokenNotAccepted):
        tokens.check(metadata_token, "i-0b")
    clock.advance(MINUTE)
    with pytest.raises(TokenNotAccepted):
        tokens.check(metadata_token, "i-0a")


def test_the_canonical_spelling_is_decoded() -> None:
    assert decode_canonical("_-" + "A" * 51 + "w==")[:2] == b"\xff\xe0"


def test_what_is_revoked_counts_no_more_even_if_it_was_shown_before(
    tokens: MetadataTokens,
) -> None:
    own, other = tokens.issue("i-0a", MINUTE).reveal(), tokens.issue("i-0b", MINUTE).reveal()
    tokens.check(own, "i-0a")
    tokens.revoke("i-0a")
    with pytest.raises(TokenNotAccepted):
        tokens.check(own, "i-0a")
    tokens.check(other, "i-0b")
    tokens.check(tokens.issue("i-0a", MINUTE).reveal(), "i-0a")
