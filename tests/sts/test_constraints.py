from datetime import timedelta

from imds_sim.sts.constraints import clause, duration_violations, missing, not_supported


def test_a_violation_shows_member_value_and_constraint() -> None:
    assert clause("roleArn", "x", "Member must not be short") == (
        "Value 'x' at 'roleArn' failed to satisfy constraint: Member must not be short"
    )
    assert missing("roleArn") == (
        "Value null at 'roleArn' failed to satisfy constraint: Member must not be null"
    )


def test_what_is_not_supported_yet_is_named_without_its_value() -> None:
    assert not_supported("tokenCode") == (
        "Value at 'tokenCode' failed to satisfy constraint: Member is not supported yet"
    )


def test_a_negative_duration_is_shown_as_it_was_sent() -> None:
    least, most = timedelta(seconds=900), timedelta(hours=12)
    [said] = duration_violations("durationSeconds", timedelta(seconds=-1), least, most)
    assert said.startswith("Value '-1' at 'durationSeconds'")
