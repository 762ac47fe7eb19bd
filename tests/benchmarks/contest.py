"""A contest: servers that take turns under the same load, and what a request costs each of them.

What counts is user and system time of the server process. The servers take turns, so that a ratio
compares rounds that lie side by side on a machine that others use too.
"""

import json
import statistics
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tests.benchmarks.measured import cpu_seconds, exchange, table

CONNECTIONS = 16
ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Result:
    """Medians over the rounds; microseconds of CPU, and replies a second as the client saw them."""

    name: str
    cpu_microseconds: float
    ratio: float  # of the first contestant's cost to this one's
    rounds: list[float]
    replies_per_second: float
    requests_per_round: int
    body_bytes: int
    connections_kept: bool


@dataclass(slots=True)
class Contestant:
    """A running server, the request that it is to answer, and what each round has cost.

    `request` must ask to keep the connection; `proof` stands in every good answer.
    """

    name: str
    pid: int
    port: int
    requests: int
    request: bytes
    proof: bytes
    body_bytes: int = 0
    costs: list[float] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)
    kept: bool = False

    def check(self) -> None:
        """See that the server gives the answer, once."""
        once = self.request.replace(b"Connection: keep-alive", b"Connection: close")
        status, body = exchange(self.port, once)
        if status != 200 or self.proof not in body:
            raise SystemExit(f"{self.name} answers {status}: {body[:300]!r}")
        self.body_bytes = len(body)

    def play(self, counts: bool) -> None:
        """One round of load; the first only warms up."""
        before = cpu_seconds(self.pid)
        seconds, self.kept = load(self.port, self.request, self.requests)
        if counts:
            self.costs.append((cpu_seconds(self.pid) - before) / self.requests * 1e6)
            self.rates.append(self.requests / seconds)

    def result(self, first: list[float]) -> Result:
        """Medians; the ratio is that of the first contestant's to this one's, round by round."""
        ratios = [other / cost for other, cost in zip(first, self.costs, strict=True)]
        return Result(
            self.name,
            statistics.median(self.costs),
            statistics.median(ratios),
            [round(cost, 2) for cost in self.costs],
            statistics.median(self.rates),
            self.requests,
            self.body_bytes,
            self.kept,
        )


def contest(contestants: Sequence[Contestant]) -> list[Result]:
    """Let them take turns; one round is thrown away."""
    for contestant in contestants:
        contestant.check()
    for number in range(ROUNDS + 1):
        for contestant in contestants:
            contestant.play(counts=number > 0)
    return [each.result(contestants[0].costs) for each in contestants]


def load(port: int, request: bytes, count: int) -> tuple[float, bool]:
    """Send `request` `count` times from another process.

    How long that took, in seconds, and whether the server kept its connections.
    """
    script = str(Path(__file__).with_name("load.py"))
    done = subprocess.run(
        [sys.executable, script, str(port), str(CONNECTIONS), str(count)],
        input=request,
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"port {port}: {done.stderr.decode()}")
    outcome = json.loads(done.stdout)
    if outcome["good"] != count:
        raise SystemExit(f"{count - outcome['good']} of {count} replies were no 200")
    return outcome["seconds"], outcome["connections"] <= CONNECTIONS


def show(results: Sequence[Result], absent: Sequence[str], as_json: bool) -> None:
    """Print the table, or JSON; `absent` are the peers that are not here."""
    if as_json:
        print(
            json.dumps({"results": [asdict(r) for r in results], "not measured": absent}, indent=1)
        )
        return
    heading = ("server", "CPU a request", "ours to it", "replies a second", "body", "connections")
    lines = [
        (
            result.name,
            f"{result.cpu_microseconds:.1f} µs",
            f"{result.ratio:.3f}",
            f"{result.replies_per_second:.0f}",
            f"{result.body_bytes} bytes",
            "kept" if result.connections_kept else "one a request",
        )
        for result in results
    ]
    missing = [(name, "not measured", "", "", "", "") for name in absent]
    print(table([heading, *lines, *missing]))
