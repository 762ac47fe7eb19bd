"""CPU time per credential request, beside other simulators, in the same run.

    python -m tests.benchmarks.serve_credentials [--json] [--ec2-metadata-mock PATH]

Sixteen kept connections ask for the credentials of a role, with a metadata token, one request at a
time each. The load comes from a process of its own; what counts is user and system time of the
server process. Median of five rounds after one that is thrown away.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
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


def measure(
    name: str, start: Callable[[], AbstractContextManager[Server]], requests: int
) -> Result:
    """Start a server, put it under load, end it."""
    with start() as server:
        fields = {"X_aws_ec2_metadata_token": metadata_token(server.port)}
        status, body = exchange(
            server.port, request_bytes("GET", server.path, **fields, Connection="close")
        )
        if status != 200 or b"SecretAccessKey" not in body:
            raise SystemExit(f"{name} serves no credentials at {server.path}: status {status}")
        request = request_bytes("GET", server.path, **fields, Connection="keep-alive")
        costs, rates, kept = [], [], False
        for number in range(ROUNDS + 1):
            before = cpu_seconds(server.pid)
            seconds, kept = load(server.port, request, requests)
            if number:
                costs.append((cpu_seconds(server.pid) - before) / requests * 1e6)
                rates.append(requests / seconds)
    return Result(
        name,
        statistics.median(costs),
        [round(cost, 2) for cost in costs],
        statistics.median(rates),
        requests,
        len(body),
        kept,
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
    results: list[Result | str] = [measure("imds-sim", imds_sim, arguments.requests)]
    if (Path(sys.executable).parent / "moto_server").exists():
        results.append(
            measure("moto_server", moto_server, max(CONNECTIONS, arguments.requests // 10))
        )
    else:
        results.append("moto_server")
    binary = arguments.ec2_metadata_mock
    if binary:
        results.append(
            measure("ec2-metadata-mock", lambda: ec2_metadata_mock(binary), arguments.requests)
        )
    else:
        results.append("ec2-metadata-mock")
    if arguments.json:
        print(json.dumps([r if isinstance(r, str) else asdict(r) for r in results], indent=1))
        return
    print(
        table(
            [
                ("server", "CPU a request", "replies a second", "body", "connections"),
                *map(row, results),
            ]
        )
    )


def row(result: Result | str) -> tuple[str, str, str, str, str]:
    """A line of the table; a name alone stands for a server that is not here."""
    if isinstance(result, str):
        return result, "not measured", "", "", ""
    return (
        result.name,
        f"{result.cpu_microseconds:.1f} µs",
        f"{result.replies_per_second:.0f}",
        f"{result.body_bytes} bytes",
        "kept" if result.connections_kept else "one a request",
    )


if __name__ == "__main__":
    main()
