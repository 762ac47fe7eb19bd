from datetime import timedelta

import pytest

from imds_sim.sts.constraints import (
    ABSENT,
    Range,
    TextLimit,
    clause,
    duration_violations,
    list_violations,
    missing,
    number_violations,
    text_violations,
)


def test_a_violation_shows_member_value_and_constraint() -> None:
    assert clause("roleArn", "x", "Member must not be short") == (
        "Value 'x' at 'roleArn' failed to satisfy constraint: Member must not be short"
    )
    assert missing("roleArn") == (
        "Value null at 'roleArn' failed to satisfy constraint: Member must not be null"
    )


def test_a_secret_is_not_repeated_and_neither_is_a_list() -> None:
    limit = TextLimit(4, 8)
    assert text_violations("token", "abc", limit, secret=True) == [
        "Value at 'token' failed to satisfy constraint: Member must have length greater than or "
        "equal to 4"
    ]
    assert list_violations("tags", 51, 0, 50) == [
        "Value at 'tags' failed to satisfy constraint: Member must have length less than or equal "
        "to 50"
    ]
    assert list_violations("tags", 50, 0, 50) == []


def test_what_is_absent_is_null_and_what_is_empty_is_empty() -> None:
    limit = TextLimit(1)
    assert text_violations("name", ABSENT, limit) == [missing("name")]
    assert text_violations("name", None, limit) == []  # optional, and not sent
    [said] = text_violations("name", "", limit)
    assert said.startswith("Value '' at 'name'")


@pytest.mark.parametrize(("value", "good"), [(-1, False), (0, True), (4096, True), (4097, False)])
def test_a_number_has_two_ends(value: int, good: bool) -> None:
    found = number_violations("n", value, Range(0, 4096))
    assert (found == []) is good


@pytest.mark.parametrize(
    ("seconds", "shown"), [(899.9, "899"), (900.0, None), (3600.0, None), (3600.1, "3601")]
)
def test_a_part_of_a_second_counts_at_either_end(seconds: float, shown: str | None) -> None:
    least, most = timedelta(seconds=900), timedelta(hours=1)
    found = duration_violations("d", timedelta(seconds=seconds), least, most)
    assert [each.split("'")[1] for each in found] == ([] if shown is None else [shown])


def test_a_negative_duration_is_shown_as_it_was_sent() -> None:
    least, most = timedelta(seconds=900), timedelta(hours=12)
    [said] = duration_violations("durationSeconds", timedelta(seconds=-1), least, most)
    assert said.startswith("Value '-1' at 'durationSeconds'")
