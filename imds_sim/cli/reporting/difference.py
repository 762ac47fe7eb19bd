"""Where a report is another behaviour than an earlier one, in lines that can be read."""

import json
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from itertools import groupby

from imds_sim.cli.listing import strings
from imds_sim.cli.reporting.shorthand import requests_of
from imds_sim.cli.reporting.show import COMPARED, Document

ALIGNED = 100  # requests of each side: the work grows with their product
MOST = 20  # lines for the requests of one scenario
REQUESTS = "requests"


def changes(before: Mapping[str, Document], now: Sequence[Document]) -> list[str]:
    """What is not as in `before`: a line each, and under it, indented, the requests that differ."""
    there = {str(each["scenario"]): each for each in now}
    lines = [f"- {name}: not played" for name in before if name not in there]
    for name, document in there.items():
        old = before.get(name)
        if old is None:
            lines.append(f"+ {name}: nothing to compare with")
            continue
        for key in COMPARED:
            if old.get(key) == document[key]:
                continue
            told = _requests if key == REQUESTS else _value
            head, *details = told(old.get(key), document[key])
            lines += [f"  {name}: {key} {head}", *(f"      {each}" for each in details)]
    return lines


def _value(old: object, new: object) -> list[str]:
    return [f"was {' or '.join(map(json.dumps, _alternatives(old)))}, is {json.dumps(new)}"]


def _requests(old: object, new: object) -> list[str]:
    """How many there were and are, then what was left out and what was added, in order.

    Of several recorded runs the one that is most like it is taken.
    """
    runs = [list(requests_of(strings(each))) for each in _alternatives(old)]
    asked = list(requests_of(strings(new)))
    nearest = max(runs, key=lambda run: _aligned(run, asked).ratio())
    lines = list(_unified(nearest, asked)) or [f"the first {ALIGNED} are the same"]
    more = len(lines) - MOST
    return [
        f"were {' or '.join(str(each) for each in sorted({*map(len, runs)}))}, are {len(asked)}",
        *lines[:MOST],
        *([f"... and {more} more"] if more > 0 else []),
    ]


def _unified(old: Sequence[str], new: Sequence[str]) -> Iterator[str]:
    for kind, since, until, begin, end in _aligned(old, new).get_opcodes():
        if kind != "equal":
            yield from _marked("-", old[since:until])
            yield from _marked("+", new[begin:end])


def _aligned(old: Sequence[str], new: Sequence[str]) -> SequenceMatcher[str]:
    return SequenceMatcher(None, old[:ALIGNED], new[:ALIGNED], autojunk=False)


def _marked(mark: str, requests: Sequence[str]) -> Iterator[str]:
    for request, alike in groupby(requests):
        times = sum(1 for _ in alike)
        yield f"{mark} {request}" + (f" x{times}" if times > 1 else "")


def _alternatives(value: object) -> list[object]:
    """What recorded runs did, where they differed; else the one value."""
    return list(value["any"]) if isinstance(value, dict) and "any" in value else [value]
