"""The requests of a report in short: named as faults name them, and what is repeated once."""

import re
from collections.abc import Iterator, Sequence

_LISTING = "imds GET /+latest/meta-data/iam/security-credentials"
# Without ids and the names of roles: they are not the client's doing.
_NAMED = {
    "token": re.compile("imds PUT /+latest/api/token"),
    "role": re.compile(f"{_LISTING}/*"),
    "cred": re.compile(f"{_LISTING}/+[^/]+"),
    "extended-role": re.compile(f"{_LISTING}-extended/*"),
    "extended-cred": re.compile(f"{_LISTING}-extended/+[^/]+"),
    "ecs": re.compile("ecs GET /v2/credentials/[^/]+"),
    "sts": re.compile("sts [A-Z]+ /.*"),
}
_FOLDED = re.compile(r"(?:\((?P<some>.*)\)|(?P<one>.*)) x(?P<times>\d+)")


def shorthand(requests: Sequence[str]) -> list[str]:
    """`SURFACE METHOD PATH STATUS` each, as `role 500 x3` or `(token 401, role 401) x3`."""
    return list(_folded([_named(each) for each in requests]))


def requests_of(short: Sequence[str]) -> Iterator[str]:
    """One by one again. Those that are written out in full stay as they are."""
    for each in short:
        folded = _FOLDED.fullmatch(each)
        if folded is None:
            yield each
            continue
        some = [folded["one"]] if folded["one"] else folded["some"].split(", ")
        yield from some * int(folded["times"])


def _named(request: str) -> str:
    asked, status = request.rsplit(" ", 1)
    names = (name for name, pattern in _NAMED.items() if pattern.fullmatch(asked))
    return f"{next(names, asked)} {status}"


def _folded(words: Sequence[str]) -> Iterator[str]:
    """What repeats itself in ones, twos, threes or fours."""
    at = 0
    while at < len(words):
        period = max(range(1, 5), key=lambda each: _covered(words[at:], each))
        some, covered = words[at : at + period], _covered(words[at:], period)
        text = some[0] if period == 1 else f"({', '.join(some)})"
        yield text if covered == period else f"{text} x{covered // period}"
        at += covered


def _covered(words: Sequence[str], period: int) -> int:
    """How many words at the start are the first `period` of them over and over; 0 for never."""
    times = 1
    while words[:period] == words[times * period : (times + 1) * period]:
        times += 1
    return times * period if times > 1 or period == 1 else 0
