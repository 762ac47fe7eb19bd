from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imds_sim.kernel.timestamps import (
    DurationMalformed,
    console_date,
    format_duration,
    http_date,
    iso_seconds,
    parse_duration,
)

MOMENT = datetime(2026, 1, 2, 3, 4, 5, 999_999, UTC)


def test_credentials_show_whole_seconds_in_utc() -> None:
    assert iso_seconds(MOMENT) == "2026-01-02T03:04:05Z"
    assert iso_seconds(MOMENT.astimezone(timezone(timedelta(hours=5)))) == "2026-01-02T03:04:05Z"


def test_an_http_date_is_english_and_zero_padded() -> None:
    assert http_date(MOMENT) == "Fri, 02 Jan 2026 03:04:05 GMT"


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("0", timedelta(0)),
        ("90s", timedelta(seconds=90)),
        ("15m", timedelta(minutes=15)),
        ("6h35m", timedelta(hours=6, minutes=35)),
        ("250ms", timedelta(milliseconds=250)),
        ("1d2h3m4s5ms", timedelta(days=1, hours=2, minutes=3, seconds=4, milliseconds=5)),
    ],
)
def test_durations_read_as_a_person_writes_them(text: str, duration: timedelta) -> None:
    assert parse_duration(text) == duration


@pytest.mark.parametrize(
    "text", ["", "90", "15 m", "m", "-5s", "1.5h", "5s3m", "\u0661s", "9" * 40 + "d"]
)
def test_anything_else_is_no_duration(text: str) -> None:
    with pytest.raises(DurationMalformed):
        parse_duration(text)


@given(st.integers(0, 10**12))
def test_a_formatted_duration_reads_back(milliseconds: int) -> None:
    duration = timedelta(milliseconds=milliseconds)
    assert parse_duration(format_duration(duration)) == duration


@pytest.mark.parametrize(
    ("hour", "written"),
    [(0, "12:04:05 AM"), (11, "11:04:05 AM"), (12, "12:04:05 PM"), (21, "9:04:05 PM")],
)
def test_cloudtrail_writes_hours_on_a_clock_of_twelve(hour: int, written: str) -> None:
    moment = datetime(2024, 7, 3, hour, 4, 5, tzinfo=UTC)
    assert console_date(moment) == f"Jul 3, 2024, {written}"
