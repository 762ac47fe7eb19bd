"""Log lines: an event name and its fields, one event a line, on standard error."""

import json
import logging
import math
import os
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Literal, TextIO

_PLAIN = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}
_PRIORITIES = (  # of syslog(3), by the least level that has it
    (logging.CRITICAL, 2),
    (logging.ERROR, 3),
    (logging.WARNING, 4),
    (logging.INFO, 6),
)
_DEBUG_PRIORITY = 7

Format = Literal["auto", "text", "json", "journald"]


class EventFormatter(logging.Formatter):
    """`2026-01-02T03:04:05Z info credentials.refreshed role_arn=… expires_at=…`."""

    def format(self, record: logging.LogRecord) -> str:
        moment = datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return f"{moment} {record.levelname.lower()} {self.event(record)}"

    def event(self, record: logging.LogRecord) -> str:
        """Event name and fields, and on further lines what went wrong."""
        fields = [f"{name}={_quoted(value)}" for name, value in _fields(record)]
        line = " ".join([record.getMessage(), *fields])
        if record.exc_info:
            line += "\n" + self.formatException(record.exc_info)
        return line


class JournalFormatter(EventFormatter):
    """`<6>credentials.refreshed role_arn=…`: the journal keeps time and priority by itself.

    Source: sd-daemon(3). The prefix counts for one line, so each has its own.
    """

    def format(self, record: logging.LogRecord) -> str:
        return with_priority(self.event(record), record.levelno)


def with_priority(text: str, level: int) -> str:
    """Each line of `text` with the priority that the journal gives a `level` of `logging`."""
    priority = next((number for least, number in _PRIORITIES if level >= least), _DEBUG_PRIORITY)
    return "\n".join(f"<{priority}>{line}" for line in text.splitlines())


class JsonFormatter(logging.Formatter):
    """An object a line: `ts`, `level`, `event`, `logger`, then the fields of the event."""

    def format(self, record: logging.LogRecord) -> str:
        moment = datetime.fromtimestamp(record.created, UTC)
        document: dict[str, object] = {
            "ts": moment.isoformat(timespec="microseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            "logger": record.name,
        }
        for name, value in _fields(record):
            document.setdefault(name, _json_value(value))
        if record.exc_info:
            document["exception"] = self.formatException(record.exc_info)
        return json.dumps(document)


_FORMATTERS = {"text": EventFormatter, "json": JsonFormatter, "journald": JournalFormatter}


def configure(level: str, style: Format = "text") -> None:
    """Send the events of this package at `level` and above to standard error, others' warnings too.

    `level` is one of debug, info, warning, error.
    """
    if style == "auto":
        style = automatic(sys.stderr, os.environ)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_FORMATTERS[style]())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("imds_sim").setLevel(level.upper())


def automatic(
    stream: TextIO | None, environ: Mapping[str, str]
) -> Literal["text", "json", "journald"]:
    """For the journal if `stream` leads there, for people on a terminal, else for programs.

    Source: systemd.exec(5), $JOURNAL_STREAM: a process whose output was redirected since still has
    the variable, so device and inode must be those of the stream.
    """
    try:
        descriptor = stream.fileno() if stream is not None else -1
        status = os.fstat(descriptor)
    except (OSError, ValueError):
        return "text"
    if environ.get("JOURNAL_STREAM") == f"{status.st_dev}:{status.st_ino}":
        return "journald"
    return "text" if os.isatty(descriptor) else "json"


def _fields(record: logging.LogRecord) -> Iterator[tuple[str, object]]:
    return ((name, value) for name, value in record.__dict__.items() if name not in _PLAIN)


def _json_value(value: object) -> object:
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    return value if value is None or isinstance(value, bool | int) else str(value)


def _quoted(value: object) -> str:
    text = str(value)
    plain = text.isprintable() and " " not in text and '"' not in text and text
    return text if plain else '"' + text.encode("unicode_escape").decode().replace('"', '\\"') + '"'
