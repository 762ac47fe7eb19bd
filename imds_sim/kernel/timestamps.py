"""Times and durations as text: how AWS writes them, how a person writes them in the YAML file."""

import re
from datetime import UTC, datetime, timedelta

from imds_sim.kernel.errors import SimError


class DurationMalformed(SimError):
    """Not a duration such as `90s`, `15m` or `6h35m`."""


_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DURATION = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+)s)?(?:(\d+)ms)?", re.ASCII)


def iso_seconds(moment: datetime) -> str:
    """`2026-01-02T03:04:05Z`: UTC, whole seconds, as credentials documents and STS have it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def console_date(moment: datetime) -> str:
    """`Jul 30, 2024, 9:46:15 PM`: how CloudTrail writes instants inside `responseElements`."""
    utc = moment.astimezone(UTC)
    hour, half = utc.hour % 12 or 12, "AM" if utc.hour < 12 else "PM"
    return (
        f"{_MONTHS[utc.month - 1]} {utc.day}, {utc.year}, "
        f"{hour}:{utc.minute:02}:{utc.second:02} {half}"
    )


def http_date(moment: datetime) -> str:
    """`Fri, 02 Jan 2026 03:04:05 GMT`, in English whatever the locale (RFC 9110, 5.6.7)."""
    utc = moment.astimezone(UTC)
    return (
        f"{_DAYS[utc.weekday()]}, {utc.day:02} {_MONTHS[utc.month - 1]} {utc.year:04} "
        f"{utc.hour:02}:{utc.minute:02}:{utc.second:02} GMT"
    )


def parse_duration(text: str) -> timedelta:
    """Read `90s`, `15m`, `6h35m`, `1d`, `250ms`; a bare `0` is zero. Raises DurationMalformed."""
    match = _DURATION.fullmatch(text)
    if text != "0" and (match is None or not any(match.groups())):
        raise DurationMalformed(f"{text!r} is not a duration; write it like 90s, 15m or 6h35m")
    if match is None or not any(match.groups()):
        return timedelta(0)
    days, hours, minutes, seconds, milliseconds = (int(part or 0) for part in match.groups())
    try:
        return timedelta(
            days=days, hours=hours, minutes=minutes, seconds=seconds, milliseconds=milliseconds
        )
    except OverflowError:
        raise DurationMalformed(f"{text!r} is too long") from None


def format_duration(duration: timedelta) -> str:
    """The shortest text that `parse_duration` reads back, to the millisecond: `6h35m`."""
    milliseconds = round(duration / timedelta(milliseconds=1))
    sign = "-" if milliseconds < 0 else ""
    seconds, milliseconds = divmod(abs(milliseconds), 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    parts = ((hours, "h"), (minutes, "m"), (seconds, "s"), (milliseconds, "ms"))
    return sign + ("".join(f"{value}{unit}" for value, unit in parts if value) or "0s")
