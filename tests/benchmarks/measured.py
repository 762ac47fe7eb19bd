"""What the benchmarks share: a server process, what it costs, one request, a table."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROLE = "web"
ONE_INSTANCE = f"roles: {{{ROLE}: {{}}}}\ninstances: {{web-1: {{role: {ROLE}}}}}"
PATIENCE = 30.0  # seconds a server may take to start
_TICKS = os.sysconf("SC_CLK_TCK")


@contextmanager
def running(command: Sequence[str]) -> Iterator[subprocess.Popen[bytes]]:
    """A server process that is ended at the end."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def daemon_command(folder: Path, ready_file: Path, world: str = ONE_INSTANCE) -> list[str]:
    """The daemon on free ports with a world, by default of one instance."""
    configuration = folder / "sim.yaml"
    configuration.write_text(
        f"{world}\n"
        'listen: {imds: ["127.0.0.1:0"], sts: ["127.0.0.1:0"], ecs: [], eks: [], lambda: [],'
        f' admin: ["unix:{folder}/admin.sock"]}}\n'
    )
    serve = ["serve", "--config", str(configuration), "--ready-file", str(ready_file)]
    return [sys.executable, "-m", "imds_sim", *serve]


@dataclass(frozen=True, slots=True)
class Moto:
    """A running moto_server."""

    pid: int
    port: int


@contextmanager
def moto_server() -> Iterator[Moto | None]:
    """moto's server on a free port; None where it is not installed."""
    program = Path(sys.executable).parent / "moto_server"
    if not program.exists():
        yield None
        return
    port = free_port()
    with running([str(program), "-H", "127.0.0.1", "-p", str(port)]) as process:
        wait_for_port(port, process)
        yield Moto(process.pid, port)


def port_of(surface: str, ready_file: Path, process: subprocess.Popen[bytes]) -> int:
    """Wait until the daemon is ready; the port of the listener of a surface."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            (url,) = json.loads(ready_file.read_text())[surface]
            return int(url.rpartition(":")[2])
        except (FileNotFoundError, json.JSONDecodeError):
            time.sleep(0.005)  # noqa: TID251 - another process, on the wall clock
    raise SystemExit("the daemon did not become ready")


def wait_for_port(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until something listens on 127.0.0.1:`port`."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.005)  # noqa: TID251 - another process, on the wall clock
    raise SystemExit(f"nothing listens on port {port}")


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


def exchange(port: int, request: bytes) -> tuple[int, bytes]:
    """Status and body of one request, to which the server ends the connection."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(request)
        received = b""
        while data := connection.recv(65536):
            received += data
    head, _, body = received.partition(b"\r\n\r\n")
    return int(head[9:12]), body


def request_bytes(method: str, path: str, **fields: str) -> bytes:
    """A request with these fields; underscores stand for hyphens."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 169.254.169.254"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in fields.items()]
    return "\r\n".join([*lines, "", ""]).encode()


def metadata_token(port: int) -> str:
    """A fresh metadata token."""
    status, body = exchange(
        port,
        request_bytes(
            "PUT",
            "/latest/api/token",
            X_aws_ec2_metadata_token_ttl_seconds="21600",
            Content_Length="0",
            Connection="close",
        ),
    )
    if status != 200:
        raise SystemExit(f"no metadata token: status {status}")
    return body.decode().strip()


def cpu_seconds(pid: int) -> float:
    """CPU time of a process so far, user and system, all threads (proc(5), stat)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def resident_mebibytes(pid: int) -> float:
    """Resident memory of a process."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def table(rows: Sequence[Sequence[str]]) -> str:
    """Columns as wide as they must be; the first row is the heading."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )
