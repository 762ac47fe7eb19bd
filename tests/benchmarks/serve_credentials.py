"""CPU time per credential request, beside other simulators, in the same run.

    python -m tests.benchmarks.serve_credentials [--json] [--ec2-metadata-mock PATH]

Sixteen kept connections ask for the credentials of a role, with a metadata token, one request at a
time each. The load comes from a process of its own; what counts is user and system time of the
server process. Median of five rounds after one that is thrown away. The servers take turns, so that
a ratio compares rounds that lie side by side on a machine that others use too.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.benchmarks.measured import (
    ROLE,
    cpu_seconds,
    daemon_command,
    exchange,
    free_port,
    imds_port,
    metadata_token,
    request_bytes,
    running,
    table,
    wait_for_port,
)

CONNECTIONS = 16
ROUNDS = 5
NAMES = ("imds-sim", "moto_server", "ec2-metadata-mock")
LISTING = "/latest/meta-data/iam/security-credentials/"


@dataclass(frozen=True, slots=True)
class Server:
    """A server that runs, and the request that it is to answer."""

    pid: int
    port: int
    path: str


@dataclass(frozen=True, slots=True)
class Result:
    """Medians over the rounds; microseconds of CPU, and replies a second as the client saw them."""

    name: str
    cpu_microseconds: float
    ratio: float  # of imds-sim's cost to this one's
    rounds: list[float]
    replies_per_second: float
    requests_per_round: int
    body_bytes: int
    connections_kept: bool


@contextmanager
def imds_sim() -> Iterator[Server]:
    with tempfile.TemporaryDirectory(prefix="imds-sim-") as name:
        ready_file = Path(name) / "ready.json"
        with running(daemon_command(Path(name), ready_file)) as process:
            yield Server(process.pid, imds_port(ready_file, process), LISTING + ROLE)


@contextmanager
def moto_server() -> Iterator[Server]:
    port = free_port()
    command = [str(Path(sys.executable).parent / "moto_server"), "-H", "127.0.0.1", "-p", str(port)]
    with running(command) as process:
        wait_for_port(port, process)
        yield Server(process.pid, port, LISTING + "default-role")


@contextmanager
def ec2_metadata_mock(binary: str) -> Iterator[Server]:
    port = free_port()
    with running([binary, "--hostname", "127.0.0.1", "--port", str(port), "--imdsv2"]) as process:
        wait_for_port(port, process)
        yield Server(process.pid, port, LISTING + "baskinc-role")


@dataclass(slots=True)
class Contestant:
    """A running server with its request, and what each round has cost."""

    name: str
    server: Server
    requests: int
    request: bytes
    body_bytes: int
    costs: list[float]
    rates: list[float]
    kept: bool = False

    @classmethod
    def of(cls, name: str, server: Server, requests: int) -> "Contestant":
        """Get a token and see that the server answers with credentials."""
        fields = {"X_aws_ec2_metadata_token": metadata_token(server.port)}
        status, body = exchange(
            server.port, request_bytes("GET", server.path, **fields, Connection="close")
        )
        if status != 200 or b"SecretAccessKey" not in body:
            raise SystemExit(f"{name} serves no credentials at {server.path}: status {status}")
        request = request_bytes("GET", server.path, **fields, Connection="keep-alive")
        return cls(name, server, requests, request, len(body), [], [])

    def play(self, counts: bool) -> None:
        """One round of load; the first only warms up."""
        before = cpu_seconds(self.server.pid)
        seconds, self.kept = load(self.server.port, self.request, self.requests)
        if counts:
            self.costs.append((cpu_seconds(self.server.pid) - before) / self.requests * 1e6)
            self.rates.append(self.requests / seconds)

    def result(self, ours: list[float]) -> Result:
        """Medians; the ratio is that of `ours` to this one's, round by round."""
        ratios = [our / cost for our, cost in zip(ours, self.costs, strict=True)]
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    parser.add_argument("--requests", type=int, default=10_000, help="a round, for imds-sim")
    parser.add_argument("--ec2-metadata-mock", metavar="PATH", help="its binary, to measure it too")
    arguments = parser.parse_args()
    few = max(CONNECTIONS, arguments.requests // 10)
    moto = (Path(sys.executable).parent / "moto_server").exists()
    binary = arguments.ec2_metadata_mock
    with ExitStack() as servers:
        ours = Contestant.of("imds-sim", servers.enter_context(imds_sim()), arguments.requests)
        all_of_them = [ours]
        if moto:
            server = servers.enter_context(moto_server())
            all_of_them.append(Contestant.of("moto_server", server, few))
        if binary:
            server = servers.enter_context(ec2_metadata_mock(binary))
            all_of_them.append(Contestant.of("ec2-metadata-mock", server, arguments.requests))
        for number in range(ROUNDS + 1):
            for contestant in all_of_them:
                contestant.play(counts=number > 0)
    measured = {each.name: each.result(ours.costs) for each in all_of_them}
    results = [measured.get(name, name) for name in NAMES]
    if arguments.json:
        print(json.dumps([r if isinstance(r, str) else asdict(r) for r in results], indent=1))
        return
    print(
        table(
            [
                (
                    "server",
                    "CPU a request",
                    "imds-sim to it",
                    "replies a second",
                    "body",
                    "connections",
                ),
                *map(row, results),
            ]
        )
    )


def row(result: Result | str) -> tuple[str, ...]:
    """A line of the table; a name alone stands for a server that is not here."""
    if isinstance(result, str):
        return result, "not measured", "", "", "", ""
    return (
        result.name,
        f"{result.cpu_microseconds:.1f} µs",
        f"{result.ratio:.3f}",
        f"{result.replies_per_second:.0f}",
        f"{result.body_bytes} bytes",
        "kept" if result.connections_kept else "one a request",
    )


if __name__ == "__main__":
    main()
