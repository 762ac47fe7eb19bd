from decimal import Decimal

import pytest

from imds_sim.iam.instants import parse_instant


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1970", 0),
        ("1970-01", 0),
        ("1970-01-02", 86400),
        ("1970-01-01T01:02Z", 3720),
        ("1970-01-01T01:02:03Z", 3723),
        ("1970-01-01t01:02:03z", 3723),
        ("1970-01-01T01:02:03.25Z", Decimal("3723.25")),
        ("1970-01-01T01:02:03+01:00", 123),
        ("1970-01-01T01:02:03-01:30", 9123),
        ("1970-01-01T01:02:03", 3723),
        ("1969-12-31T23:59:59Z", -1),
        ("2024-02-29T00:00:00Z", 1709164800),
        ("2026-01-02T03:04:05Z", 1767323045),
        ("0", 0),
        ("1767323045", 1767323045),
        (str(2**63 - 1), 2**63 - 1),
        ("-1000-01-01", -93724128000),
        ("292278993-01-01", 9223371985593600),
    ],
)
def test_a_date_is_iso_8601_or_seconds(text: str, seconds: Decimal | int) -> None:
    assert parse_instant(text) == seconds


@pytest.mark.parametrize(
    "text",
    [
        "",
        "today",
        "-1",
        "1.5",
        str(2**63),
        "2026-13",
        "2026-00-01",
        "2026-01-32",
        "2026-01-01T24:00Z",
        "2026-01-01T00:60Z",
        "2026-01-01T00:00:60Z",
        "2026-01-01T00:00:00 Z",
        "2026-1-1T",
        "2026-01-01T00:00+1",
        "2026-01-01T00:00+0100",
        "292278994-01-01",
        "٢٠٢٦-01-01",
    ],
)
def test_what_is_no_date_has_no_instant(text: str) -> None:
    assert parse_instant(text) is None
