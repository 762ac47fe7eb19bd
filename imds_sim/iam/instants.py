"""Dates in conditions: ISO 8601 as the W3C profile has it, or seconds since 1970.

Source: IAM User Guide, "Date condition operators"; the bounds, and that the offset may be left out,
are those that moto recorded of IAM's parser. Years beyond `datetime`'s are legal there.
"""

import re
from decimal import Decimal

_MAX_EPOCH = 2**63 - 1
_MIN_YEAR, _MAX_YEAR = -292_275_054, 292_278_993
_DAY = 86_400
_EPOCH = re.compile(r"\d{1,19}", re.ASCII)
_ISO = re.compile(
    r"(?P<year>-?\d{4,9})"
    r"(?:-(?P<month>\d{1,2})(?:-(?P<day>\d{1,2}))?)?"
    r"(?:[Tt](?P<hour>\d{1,2})(?::(?P<minute>\d{1,2})(?::(?P<second>\d{1,2})"
    r"(?:\.(?P<fraction>\d{1,9}))?)?)?"
    r"(?P<zone>[Zz]|[+-]\d{2}(?::\d{2})?)?)?",
    re.ASCII,
)


def parse_instant(text: str) -> Decimal | None:
    """Seconds since 1970-01-01T00:00:00Z; parts left out are the lowest. None if it is no date.

    Four digits are a year, any other number is seconds.
    """
    if _EPOCH.fullmatch(text) and len(text) != len("YYYY"):
        return Decimal(text) if int(text) <= _MAX_EPOCH else None
    match = _ISO.fullmatch(text)
    if match is None:
        return None
    year, month, day = int(match["year"]), int(match["month"] or 1), int(match["day"] or 1)
    hour, minute, second = (int(match[part] or 0) for part in ("hour", "minute", "second"))
    in_range = (
        _MIN_YEAR <= year <= _MAX_YEAR
        and 1 <= month <= 12
        and 1 <= day <= 31
        and hour <= 23
        and minute <= 59
        and second <= 59
    )
    if not in_range:
        return None
    whole = _days(year, month, day) * _DAY + hour * 3600 + minute * 60 + second
    return Decimal(whole - _offset(match["zone"])) + Decimal(f"0.{match['fraction'] or 0}")


def _offset(zone: str | None) -> int:
    """Seconds east of Greenwich."""
    if not zone or zone in "Zz":
        return 0
    seconds = int(zone[1:3]) * 3600 + int(zone[4:] or 0) * 60
    return -seconds if zone[0] == "-" else seconds


def _days(year: int, month: int, day: int) -> int:
    """Days since 1970-01-01 in the Gregorian calendar, before and after it."""
    year -= month <= 2
    era, year_of_era = divmod(year, 400)
    day_of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    day_of_era = year_of_era * 365 + year_of_era // 4 - year_of_era // 100 + day_of_year
    return era * 146_097 + day_of_era - 719_468
