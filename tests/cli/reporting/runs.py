"""Runs of a command as a report has them, made by hand."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from imds_sim.cli.reporting.play import Played
from imds_sim.journal.behaviour import behaviour_of
from imds_sim.journal.entry import Entry

START = datetime(2026, 1, 1, tzinfo=UTC)
ROLES = "/latest/meta-data/iam/security-credentials/"
TOKEN = Entry(
    number=1,
    time=START,
    surface="imds",
    workload="web-1",
    client="127.0.0.1",
    user_agent="client/1",
    method="PUT",
    path="/latest/api/token",
    status=200,
    imds_version=2,
    fault=None,
    access_key_id=None,
    duration=timedelta(),
)
READ = replace(TOKEN, method="GET", path=ROLES)
CREDENTIALS = replace(TOKEN, method="GET", path=f"{ROLES}web")
CALL = replace(TOKEN, surface="sts", method="POST", path="/", imds_version=None)


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


def played(
    *asked: tuple[float, Entry], scenario: str = "none", status: int | None = 0, ends: float = 10
) -> Played:
    """A run whose requests came so many seconds after its start."""
    entries = tuple(entry for _, entry in asked)
    behaviour = behaviour_of(entries, status, seconds(ends))
    moments = tuple(seconds(at) for at, _ in asked)
    return Played(scenario, behaviour, seconds(ends), entries, moments)
