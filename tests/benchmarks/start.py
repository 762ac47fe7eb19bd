"""How long it takes from a start to the first credentials, and what the daemon needs at rest.

    python -m tests.benchmarks.start [--json]

Of the daemon: time from the start of the process until a client has a credential set (token and
role included), until the ready file is there, and of the imports alone; memory once it is ready.
Medians of five. Of the simulator inside a program: time and CPU of its first start after
`from imds_sim import Simulator`, in twenty interpreters, with the shortest and the longest.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from tests.benchmarks.measured import (
    ROLE,
    daemon_command,
    exchange,
    metadata_token,
    port_of,
    request_bytes,
    resident_mebibytes,
    running,
    table,
)

ROUNDS, INTERPRETERS = 5, 20
_IMPORTS = "import imds_sim.cli.serve, imds_sim.server.daemon"


@dataclass(frozen=True, slots=True)
class Start:
    """Milliseconds, and MiB of resident memory. `python` is an interpreter that does nothing."""

    first_credentials: float
    ready: float
    imports: float
    python: float
    resident: float


@dataclass(frozen=True, slots=True)
class FirstStart:
    """Milliseconds in one interpreter: of the import, of the first start, of its CPU, of a next."""

    loaded: float
    started: float
    cpu: float
    next: float


_FIRST_START = """
import json, time
marks = [time.perf_counter()]
from imds_sim import Simulator
marks.append(time.perf_counter())
cpu = time.process_time()
first = Simulator.start()
cpu = time.process_time() - cpu
marks.append(time.perf_counter())
with Simulator.start():
    marks.append(time.perf_counter())
first.stop()
loaded, started, another = (1e3 * (after - before) for before, after in zip(marks, marks[1:]))
print(json.dumps([loaded, started, 1e3 * cpu, another]))
"""


def first_start() -> FirstStart:
    """Start a simulator in an interpreter that has had none."""
    done = subprocess.run([sys.executable, "-c", _FIRST_START], check=True, stdout=subprocess.PIPE)
    return FirstStart(*json.loads(done.stdout))


def start() -> Start:
    """Start the daemon once and end it again."""
    with tempfile.TemporaryDirectory(prefix="imds-sim-") as name:
        ready_file = Path(name) / "ready.json"
        command = daemon_command(Path(name), ready_file)
        begun = time.perf_counter()
        with running(command) as process:
            port = port_of("imds", ready_file, process)
            ready = time.perf_counter() - begun
            request = request_bytes(
                "GET",
                f"/latest/meta-data/iam/security-credentials/{ROLE}",
                X_aws_ec2_metadata_token=metadata_token(port),
                Connection="close",
            )
            status, body = exchange(port, request)
            first = time.perf_counter() - begun
            if status != 200 or b"SecretAccessKey" not in body:
                raise SystemExit(f"no credentials: status {status}")
            resident = resident_mebibytes(process.pid)
    python = interpreter("pass")
    imports = interpreter(_IMPORTS) - python
    return Start(first * 1e3, ready * 1e3, imports * 1e3, python * 1e3, resident)


def interpreter(code: str) -> float:
    """Seconds that an interpreter needs for `code`."""
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return time.perf_counter() - begun


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    arguments = parser.parse_args()
    starts = [start() for _ in range(ROUNDS)]
    median = Start(
        *(
            statistics.median(getattr(each, field.name) for each in starts)
            for field in fields(Start)
        )
    )
    first_starts = [first_start() for _ in range(INTERPRETERS)]
    if arguments.json:
        document = {
            "median": asdict(median),
            "rounds": [asdict(each) for each in starts],
            "first_starts": [asdict(each) for each in first_starts],
        }
        print(json.dumps(document, indent=1))
        return
    share = 100 * median.imports / median.first_credentials
    rows = [
        ("from the start of the process", "median"),
        ("to the first credentials", f"{median.first_credentials:.0f} ms"),
        ("to the ready file", f"{median.ready:.0f} ms"),
        ("imports alone", f"{median.imports:.0f} ms ({share:.0f} %)"),
        ("an empty interpreter", f"{median.python:.0f} ms"),
        ("resident memory", f"{median.resident:.0f} MiB"),
    ]
    print(table(rows))
    names = {
        "loaded": "from imds_sim import Simulator",
        "started": "its first start",
        "cpu": "CPU of that",
        "next": "the next start",
    }
    rows = [("inside a program", "median, shortest to longest")]
    for name, said in names.items():
        taken = [getattr(each, name) for each in first_starts]
        spread = f"{min(taken):.1f} to {max(taken):.1f}"
        rows.append((said, f"{statistics.median(taken):.1f} ms, {spread}"))
    print()
    print(table(rows))


if __name__ == "__main__":
    main()
