"""Whether the healthy run was one: if not, the others tell nothing of failures."""

from collections.abc import Sequence

from imds_sim.cli.reporting.choice import HEALTHY
from imds_sim.cli.reporting.play import Played
from imds_sim.cli.reporting.words import exit_name
from imds_sim.journal.behaviour import Outcome
from imds_sim.journal.transcript import printable

LONGEST = 200  # characters of a last word


def doubt(report: Sequence[Played]) -> str | None:
    """What is wrong with the healthy run, on a line; None if nothing is, or it was not played."""
    healthy = next((each for each in report if each.scenario == HEALTHY), None)
    if healthy is None:
        return None
    wrong = [each for each in (_end(healthy), _asked(healthy)) if each]
    if not wrong:
        return None
    words = [line.strip() for line in healthy.stderr.splitlines() if line.strip()]
    last = f"; its last words: {printable(words[-1][:LONGEST])}" if words else ""
    return f"the healthy run {' and '.join(wrong)}{last}"


def _end(healthy: Played) -> str:
    status = healthy.behaviour.exit_status
    if status is None:
        return "was ended by the time limit"
    if status > 128:
        return f"was ended by {exit_name(status)}"
    return f"already ended with status {status}" if status else ""


def _asked(healthy: Played) -> str:
    seen = healthy.behaviour
    if not seen.requests:
        return "asked for nothing"
    if seen.outcome is Outcome.NONE:
        return "made no signed call"
    return "had its call refused" if seen.outcome is Outcome.ERROR and not seen.exit_status else ""
