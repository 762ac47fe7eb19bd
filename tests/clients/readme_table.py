"""The README's table of what SDKs do, made of the recorded ones.

`python -m tests.clients.readme_table` writes it anew; recording does too.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from imds_sim.cli.listing import strings
from imds_sim.cli.reporting.recorded import tables
from imds_sim.cli.reporting.shorthand import requests_of
from imds_sim.cli.reporting.show import Document
from tests.clients.plays import REFRESH_FAILS

README = Path(__file__).parent.parent.parent / "README.md"
START, END = "<!-- conformance -->\n", "<!-- /conformance -->\n"
TITLES = {
    "boto3": "boto3",
    "awscrt": "awscrt",
    "javascript-v3": "JavaScript v3",
    "go-v2": "Go v2",
    "java-v2": "Java v2",
    "rust": "Rust",
}
ROWS = {
    "instance": (
        *("none", "token:400&v1:on", "token:401&v1:on", "token:403&v1:on", "token:403&v1:off"),
        *("token:500&v1:on", "token:503*1&v1:on", "token:hang&v1:on", "token:reset&v1:on"),
        *("token:no-ttl-header&v1:on", "token:empty&v1:on", "token:revoke"),
        *("role:none", "role:empty", "role:two", "role:503*1"),
        *("cred:500", "cred:503*1", "cred:bad-json", "cred:code=AssumeRoleUnauthorizedAccess"),
        *("cred:date-missing", "cred:expired", "imds:unreachable"),
    ),
    "task": ("none", "ecs:404", "ecs:429", "ecs:500", "ecs:503*1", "ecs:hang"),
    "two calls": ("none", "cred:life=120s", "cred:expired", REFRESH_FAILS),
}
KILLED = 128  # an exit status above it is a signal's


def lines() -> Iterator[str]:
    """The table in Markdown."""
    found = {each.client: each for each in tables()}
    known = [found[client] for client in TITLES]
    heads = [f"{TITLES[each.client]} {next(iter(each.versions.values()))}" for each in known]
    yield _row("workload, scenario", *heads)
    yield _row(*["---"] * (len(known) + 1))
    yield _row("recorded", *(each.date for each in known))
    for part, scenarios in ROWS.items():
        for scenario in scenarios:
            cells = (cell(each.part(part)[scenario]) for each in known)
            yield _row(f"{part}, `{scenario}`", *cells)


def write() -> None:
    """Put the table between its marks in the README."""
    before, _, rest = README.read_text("utf-8").partition(START)
    after = rest.partition(END)[2]
    table = "".join(f"{line}\n" for line in lines())
    README.write_text(f"{before}{START}{table}{END}{after}", "utf-8")


def cell(document: Document) -> str:
    """How it ended, and how many requests the services of the credentials got."""
    runs = [list(requests_of(strings(each))) for each in _seen(document["requests"])]
    # Whoever reads role and credentials with a token shows it twice.
    v1 = any(_seen(document["v1_fallback"])) and not any(_seen(document["token_reuse"]))
    words = dict.fromkeys(
        _word(str(outcome), exit_status, run, v1)
        for outcome in _seen(document["outcome"])
        for exit_status in _seen(document["exit_status"])
        for run in runs
    )
    counts = sorted(sum(not each.startswith("sts ") for each in run) for run in runs)
    return f"{'/'.join(words)} {'-'.join(dict.fromkeys((str(counts[0]), str(counts[-1]))))}"


def _word(outcome: str, exit_status: object, run: Sequence[str], v1: bool) -> str:
    if isinstance(exit_status, int) and exit_status > KILLED:
        return "abort"
    if outcome == "timeout":
        return "hangs"
    if outcome == "credentials":
        if "cred 200" in run and run[0].startswith("ecs "):
            return "instance"
        return "v1" if v1 else "ok"
    return "refused" if any(each.startswith(("sts 4", "sts 5")) for each in run) else "none"


def _seen(value: object) -> list[object]:
    """All that runs came to; one where they agreed."""
    return list(value["any"]) if isinstance(value, dict) else [value]


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    write()
