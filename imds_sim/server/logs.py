"""Log lines: an event name and its fields, one event a line, on standard error."""

import logging
import sys
from datetime import UTC, datetime

_PLAIN = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}


class EventFormatter(logging.Formatter):
    """`2026-01-02T03:04:05Z info credentials.refreshed role_arn=… expires_at=…`."""

    def format(self, record: logging.LogRecord) -> str:
        moment = datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        fields = [
            f"{name}={_quoted(value)}"
            for name, value in record.__dict__.items()
            if name not in _PLAIN
        ]
        line = " ".join([moment, record.levelname.lower(), record.getMessage(), *fields])
        if record.exc_info:
            line += "\n" + self.formatException(record.exc_info)
        return line


def configure(level: str) -> None:
    """Send the events of this package at `level` and above to standard error, others' warnings too.

    `level` is one of debug, info, warning, error.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(EventFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("imds_sim").setLevel(level.upper())


def _quoted(value: object) -> str:
    text = str(value)
    plain = text.isprintable() and " " not in text and '"' not in text and text
    return text if plain else '"' + text.encode("unicode_escape").decode().replace('"', '\\"') + '"'
