import logging

import pytest

from imds_sim.kernel.secret import Secret
from imds_sim.server.logs import EventFormatter


@pytest.fixture
def record() -> logging.LogRecord:
    record = logging.makeLogRecord({"msg": "credentials.refreshed", "levelno": logging.INFO})
    record.levelname = "INFO"
    record.created = 1767323045.5
    return record


def test_a_line_is_time_level_event_and_fields(record: logging.LogRecord) -> None:
    record.__dict__.update(role_arn="arn:aws:iam::111122223333:role/web", count=2)
    assert EventFormatter().format(record) == (
        "2026-01-02T03:04:05Z info credentials.refreshed "
        "role_arn=arn:aws:iam::111122223333:role/web count=2"
    )


@pytest.mark.parametrize(
    ("value", "shown"),
    [("two words", '"two words"'), ('a"b', '"a\\"b"'), ("a\nb", '"a\\nb"'), ("", '""')],
)
def test_a_value_cannot_break_its_line(record: logging.LogRecord, value: str, shown: str) -> None:
    record.__dict__.update(field=value)
    line = EventFormatter().format(record)
    assert line.endswith(f" field={shown}")
    assert "\n" not in line


def test_a_secret_shows_only_its_fingerprint(record: logging.LogRecord) -> None:
    record.__dict__.update(session_token=Secret("hunter2"))
    assert "hunter2" not in EventFormatter().format(record)
    assert Secret("hunter2").fingerprint in EventFormatter().format(record)
