"""A report as a document and as a table, and an earlier one read again."""

import json
from collections.abc import Sequence

from imds_sim.cli.ending import FileUnreadable
from imds_sim.cli.listing import columns
from imds_sim.cli.reporting.meaning import title_of
from imds_sim.cli.reporting.play import Played

Document = dict[str, object]
# What a machine's speed does not change; pauses, times and words are left out.
COMPARED = ("outcome", "exit_status", "requests", "token_reuse", "v1_fallback", "retries")
HEAD = ("SCENARIO", "OUTCOME", "EXIT", "REQUESTS", "REUSE", "V1", "RETRIES", "BACK-OFF", "TIME")


def document(played: Played) -> Document:
    """One scenario as JSON has it."""
    seen = played.behaviour
    return {
        "scenario": played.scenario,
        "outcome": str(seen.outcome),
        "exit_status": seen.exit_status,
        "requests": list(seen.requests),
        "token_reuse": seen.token_reuse,
        "v1_fallback": seen.v1_fallback,
        "retries": seen.retries,
        "back_off_seconds": [round(each.total_seconds(), 3) for each in seen.back_off],
        "seconds": round(played.elapsed.total_seconds(), 3),
        "stderr": played.stderr,
    }


def table(report: Sequence[Played]) -> list[str]:
    """A line for each scenario, under a head."""
    rows = [HEAD]
    for each in report:
        seen = each.behaviour
        pause = sum(span.total_seconds() for span in seen.back_off)
        rows.append(
            (
                title_of(each.scenario),
                str(seen.outcome),
                "-" if seen.exit_status is None else str(seen.exit_status),
                str(len(seen.requests)),
                str(seen.token_reuse),
                "yes" if seen.v1_fallback else "no",
                str(seen.retries),
                f"{pause:.1f}s",
                f"{each.elapsed.total_seconds():.1f}s",
            )
        )
    return columns(rows, indent="")


def baseline(file: str) -> dict[str, Document]:
    """An earlier report, by scenario: what is compared of it. Raises FileUnreadable."""
    try:
        with open(file, encoding="utf-8") as source:
            listed = json.load(source)
        if not isinstance(listed, list):
            raise TypeError
        return {str(each["scenario"]): _whole(each) for each in listed}
    except OSError as error:
        raise FileUnreadable(f"{file}: {error.strerror}") from error
    except (ValueError, TypeError, KeyError) as error:
        raise FileUnreadable(f"{file}: not a report of --json") from error


def _whole(document: Document) -> Document:
    """Raises KeyError, TypeError for what is not one of a report's scenarios."""
    if not isinstance(document["requests"], list):
        raise TypeError
    return {"scenario": document["scenario"], **{key: document[key] for key in COMPARED}}
