"""How a client took what it was answered, judged by the journal and its exit status.

What counts as reuse, fallback and retry is what AWS SDKs were observed to do differently.
"""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from imds_sim.journal.entry import Entry

TOKEN_PATH = "/latest/api/token"
STS = "sts"


class Outcome(StrEnum):
    """How it ended: a call accepted, no signed call made, one refused or a failure, killed."""

    CREDENTIALS = "credentials"
    NONE = "none"
    ERROR = "error"
    TIMEOUT = "timeout"


@dataclass(frozen=True, slots=True)
class Behaviour:
    """`exit_status` is None where the time limit ended it.

    `requests` are `SURFACE METHOD PATH STATUS` in order, status 0 for no answer. `token_reuse` is
    how many reads showed a metadata token that an earlier read had shown. `retries` are requests
    made again after they had failed or their answer was cut, `back_off` the pauses before them.
    """

    outcome: Outcome
    exit_status: int | None
    requests: tuple[str, ...]
    token_reuse: int
    v1_fallback: bool
    retries: int
    back_off: tuple[timedelta, ...]


def behaviour_of(
    entries: Sequence[Entry],
    exit_status: int | None,
    elapsed: timedelta,
    cut: Set[int] = frozenset(),
) -> Behaviour:
    """Judge what one run asked; `cut` are the places of entries whose answer ended in its middle.

    A pause longer than the run is a moved clock, and is left out.
    """
    pauses = [_pause(entries[before], entries[place]) for before, place in retries(entries, cut)]
    return Behaviour(
        outcome=_outcome(entries, exit_status),
        exit_status=exit_status,
        requests=tuple(
            f"{each.surface} {each.method} {each.path} {each.status}" for each in entries
        ),
        token_reuse=_reuse(entries, cut),
        v1_fallback=any(each.imds_version == 1 and each.method == "GET" for each in entries),
        retries=len(pauses),
        back_off=tuple(each for each in pauses if each <= elapsed),
    )


def _outcome(entries: Sequence[Entry], exit_status: int | None) -> Outcome:
    if exit_status is None:
        return Outcome.TIMEOUT
    signed = [each for each in entries if each.surface == STS]
    if exit_status == 0 and any(each.status == 200 for each in signed):
        return Outcome.CREDENTIALS
    if signed or exit_status < 0 or exit_status > 128:  # refused, or ended by a signal
        return Outcome.ERROR
    return Outcome.NONE


def retries(entries: Sequence[Entry], cut: Set[int] = frozenset()) -> list[tuple[int, int]]:
    """Where a request failed or its answer was cut, and where it is made again: two places."""
    failed: dict[tuple[str, str, str], int] = {}
    pairs = []
    for place, each in enumerate(entries):
        key = (each.surface, each.method, each.path.partition("?")[0])
        before = failed.pop(key, None)
        if before is not None:
            pairs.append((before, place))
        if each.status == 0 or each.status >= 400 or place in cut:
            failed[key] = place
    return pairs


def _reuse(entries: Sequence[Entry], cut: Set[int]) -> int:
    """How often a token was shown again. A client may show what it has of one that was cut."""
    reuse = fresh = 0
    has_part = False
    for place, each in enumerate(entries):
        if _is_token_request(each):
            if each.status == 200:
                has_part = place in cut
                fresh += not has_part
        elif each.imds_version == 2:
            if fresh:
                fresh -= 1
            elif has_part:
                has_part = False
            else:
                reuse += 1
    return reuse


def _pause(failed: Entry, again: Entry) -> timedelta:
    return max(timedelta(), again.time - failed.time - failed.duration)


def _is_token_request(entry: Entry) -> bool:
    return entry.method == "PUT" and entry.path == TOKEN_PATH
