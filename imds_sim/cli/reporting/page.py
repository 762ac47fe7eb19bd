"""A report as one page for a browser, which asks for nothing outside itself."""

import hashlib
from base64 import b64encode
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import version
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from imds_sim.cli.reporting.choice import HEALTHY
from imds_sim.cli.reporting.comparison import Comparison
from imds_sim.cli.reporting.meaning import group_of, meaning, title_of
from imds_sim.cli.reporting.play import Played
from imds_sim.cli.reporting.show import document
from imds_sim.cli.reporting.timeline import LANES, SHOWN, TimeLine, ticks, time_line
from imds_sim.cli.reporting.words import command_line, exit_name, reply, span_text
from imds_sim.journal.behaviour import Outcome
from imds_sim.journal.transcript import printable

OUTCOMES = {
    Outcome.CREDENTIALS: "a call was accepted",
    Outcome.NONE: "no signed call was made",
    Outcome.ERROR: "a call was refused, or it failed after one, or a signal ended it",
    Outcome.TIMEOUT: "the time limit ended it",
}
INDENT = 2  # of the lines of a comparison, where the mark of a missing or new scenario stands
SLOWEST = 3  # scenarios that are named for it


@dataclass(frozen=True, slots=True)
class About:
    """What the page says of the report as a whole; `limit` is in seconds.

    `planned` scenarios were to be played, if it is known.
    """

    command: Sequence[str]
    workload: str | None
    limit: float
    made_at: datetime
    planned: int | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What a comparison has found in a scenario; `is_new` if there was nothing to compare with."""

    other: str
    lines: list[str]
    is_new: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One scenario; `differs` are the names of the cells that are not as in the healthy run."""

    played: Played
    group: str
    meaning: str
    line: TimeLine
    changes: list[Change]
    differs: frozenset[str]
    agents: list[str]

    @property
    def paused(self) -> timedelta:
        """All its pauses together."""
        return sum(self.played.behaviour.back_off, timedelta())


def page(report: Sequence[Played], about: About, comparisons: Sequence[Comparison] = ()) -> str:
    """The whole document."""
    rows = _rows(report, comparisons)
    played = {each.scenario for each in report}
    styles, script = _shipped("page.css"), _shipped("page.js")
    lanes = {each.lane for row in rows for each in row.line.asked}
    return (
        _environment()
        .get_template("page.html")
        .render(
            about=about,
            command=command_line(about.command),
            version=version("imds-sim"),
            rows=rows,
            groups=list(dict.fromkeys(row.group for row in rows)),
            lanes=[each for each in LANES if each in lanes],
            longest=max((row.line.span for row in rows), default=timedelta()),
            outcomes=OUTCOMES,
            counts=Counter(row.played.behaviour.outcome for row in rows),
            findings=_findings(rows),
            has_healthy=any(each.scenario == HEALTHY for each in report),
            compared={
                each.other: (_changed(rows, each.other), each.not_played(played))
                for each in comparisons
            },
            most=SHOWN,
            styles=Markup(styles),
            script=Markup(script),
            styles_hash=_hash(styles),
            script_hash=_hash(script),
        )
    )


def _changed(rows: Sequence[Row], other: str) -> list[str]:
    return [
        row.played.scenario for row in rows if other in {change.other for change in row.changes}
    ]


def _rows(report: Sequence[Played], comparisons: Sequence[Comparison]) -> list[Row]:
    """The healthy run first, then group by group as they come."""
    groups = dict.fromkeys([HEALTHY, *(group_of(each.scenario) for each in report)])
    order = {group: place for place, group in enumerate(groups)}
    healthy = next((each for each in report if each.scenario == HEALTHY), None)
    listed = sorted(report, key=lambda each: order[group_of(each.scenario)])
    return [_row(each, healthy, comparisons) for each in listed]


def _row(played: Played, healthy: Played | None, comparisons: Sequence[Comparison]) -> Row:
    found = [(each, each.differences_of(document(played))) for each in comparisons]
    return Row(
        played=played,
        group=group_of(played.scenario),
        meaning=meaning(played.scenario),
        line=time_line(played),
        changes=[
            Change(each.other, [line[INDENT:] for line in lines], played.scenario not in each.known)
            for each, lines in found
            if lines
        ],
        differs=_differs(played, healthy or played),
        agents=list(dict.fromkeys(each.user_agent for each in played.entries if each.user_agent)),
    )


def _differs(played: Played, healthy: Played) -> frozenset[str]:
    mine, usual = document(played), document(healthy)
    alone = played is healthy
    return frozenset(name for name, value in mine.items() if alone or value != usual[name])


def _findings(rows: Sequence[Row]) -> dict[str, list[str]]:
    """What to look at first: names of scenarios under a head."""
    slow = sorted(rows, key=lambda row: row.played.elapsed, reverse=True)[:SLOWEST]
    return {
        "Asked over IMDSv1": [
            row.played.scenario for row in rows if row.played.behaviour.v1_fallback
        ],
        "Asked again": [row.played.scenario for row in rows if row.played.behaviour.retries],
        "Ended by the time limit": [
            row.played.scenario for row in rows if row.played.behaviour.outcome is Outcome.TIMEOUT
        ],
        "Took longest": [row.played.scenario for row in slow],
    }


def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("imds_sim.cli.reporting", "template"),
        autoescape=True,
        finalize=_visible,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(span=span_text, exit_name=exit_name, reply=reply, title_of=title_of)
    made.globals.update(ticks=ticks)
    return made


def _visible(value: object) -> object:
    """Control characters, and what would turn the reading round, spelt out; line ends stay."""
    if isinstance(value, Markup) or not isinstance(value, str):
        return value
    return "\n".join(map(printable, value.split("\n")))


def _shipped(name: str) -> str:
    return files("imds_sim.cli.reporting").joinpath("template", name).read_text("utf-8")


def _hash(text: str) -> str:
    """As a Content-Security-Policy names what it allows."""
    return "sha256-" + b64encode(hashlib.sha256(text.encode()).digest()).decode()
