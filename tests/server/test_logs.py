import json
import logging
import os
import sys
from pathlib import Path

import pytest

from imds_sim.kernel.secret import Secret
from imds_sim.server.logs import EventFormatter, JournalFormatter, JsonFormatter, automatic


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


@pytest.mark.parametrize(
    ("level", "priority"),
    [("CRITICAL", 2), ("ERROR", 3), ("WARNING", 4), ("INFO", 6), ("DEBUG", 7)],
)
def test_the_journal_gets_a_priority_and_no_time(
    record: logging.LogRecord, level: str, priority: int
) -> None:
    record.levelno = logging.getLevelNamesMapping()[level]
    record.__dict__.update(count=2)
    assert JournalFormatter().format(record) == f"<{priority}>credentials.refreshed count=2"


def test_every_line_for_the_journal_has_its_priority(record: logging.LogRecord) -> None:
    try:
        raise ValueError("one\ntwo")
    except ValueError:
        record.exc_info = sys.exc_info()
    lines = JournalFormatter().format(record).split("\n")
    assert len(lines) > 3
    assert all(line.startswith("<6>") for line in lines)


def test_a_line_of_json_is_one_object(record: logging.LogRecord) -> None:
    record.name = "imds_sim.credentials"
    record.__dict__.update(
        role_arn="arn:aws:iam::1:role/web", text="a\nb", count=2, lag=float("nan"), level="mine"
    )
    record.__dict__.update(session_token=Secret("hunter2"))
    line = JsonFormatter().format(record)
    assert "\n" not in line
    assert "hunter2" not in line
    document = json.loads(line)
    assert Secret("hunter2").fingerprint in document.pop("session_token")
    assert document == {
        "ts": "2026-01-02T03:04:05.500000Z",
        "level": "info",
        "event": "credentials.refreshed",
        "logger": "imds_sim.credentials",
        "role_arn": "arn:aws:iam::1:role/web",
        "text": "a\nb",
        "count": 2,
        "lag": "nan",
    }


def test_what_went_wrong_is_a_field_of_json(record: logging.LogRecord) -> None:
    try:
        raise ValueError("broken")
    except ValueError:
        record.exc_info = sys.exc_info()
    assert "ValueError: broken" in json.loads(JsonFormatter().format(record))["exception"]


def test_the_form_follows_from_where_the_log_goes(tmp_path: Path) -> None:
    with (tmp_path / "log").open("w") as file:
        status = os.fstat(file.fileno())
        here = {"JOURNAL_STREAM": f"{status.st_dev}:{status.st_ino}"}
        elsewhere = {"JOURNAL_STREAM": f"{status.st_dev}:{status.st_ino + 1}"}
        assert automatic(file, here) == "journald"
        assert automatic(file, elsewhere) == "json"
        assert automatic(file, {}) == "json"
    assert automatic(file, here) == "text"  # closed
    assert automatic(None, {}) == "text"


def test_a_person_at_a_terminal_reads_text() -> None:
    ours, theirs = os.openpty()
    with os.fdopen(ours, "rb"), os.fdopen(theirs, "w") as terminal:
        assert automatic(terminal, {}) == "text"
        assert automatic(terminal, {"JOURNAL_STREAM": "1:2"}) == "text"
