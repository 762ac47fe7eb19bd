from datetime import UTC, datetime, timedelta

import pytest

from imds_sim.credentials.schedule import RefreshPolicy

ISSUED = datetime(2026, 1, 1, tzinfo=UTC)
HOURLY = RefreshPolicy(timedelta(hours=1), timedelta(minutes=20))


@pytest.mark.parametrize("subject", [f"web-{number}" for number in range(50)])
def test_a_set_falls_due_in_the_last_tenth_of_the_period(subject: str) -> None:
    age = HOURLY.due_at(subject, ISSUED, None) - ISSUED
    assert timedelta(minutes=54) < age <= timedelta(hours=1)


def test_a_fleet_does_not_fall_due_in_one_moment() -> None:
    due = {HOURLY.due_at(f"web-{number}", ISSUED, None) for number in range(50)}
    assert len(due) == 50


def test_a_workload_keeps_its_place_in_the_period() -> None:
    assert HOURLY.due_at("a", ISSUED, None) == HOURLY.due_at("a", ISSUED, None)


def test_a_set_is_replaced_before_less_than_the_minimum_remains() -> None:
    expires_at = ISSUED + timedelta(minutes=30)
    assert HOURLY.due_at("a", ISSUED, expires_at) == expires_at - timedelta(minutes=20)
