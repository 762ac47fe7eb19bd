"""CPU time per credential request, beside other simulators, in the same run.

    python -m tests.benchmarks.serve_credentials [--json] [--ec2-metadata-mock PATH]

Sixteen kept connections ask for the credentials of a role, with a metadata token, one request at a
time each. The load comes from a process of its own. Median of five rounds after one that is thrown
away.
"""

import argparse
import tempfile
from contextlib import ExitStack
from pathlib import Path

from tests.benchmarks.contest import CONNECTIONS, Contestant, contest, show
from tests.benchmarks.measured import (
    ROLE,
    daemon_command,
    free_port,
    metadata_token,
    moto_server,
    port_of,
    request_bytes,
    running,
    wait_for_port,
)

LISTING = "/latest/meta-data/iam/security-credentials/"


def contestant(name: str, pid: int, port: int, role: str, requests: int) -> Contestant:
    """A server with the request for the credentials of `role`, its token included."""
    fields = {"X_aws_ec2_metadata_token": metadata_token(port), "Connection": "keep-alive"}
    request = request_bytes("GET", LISTING + role, **fields)
    return Contestant(name, pid, port, requests, request, b"SecretAccessKey")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    parser.add_argument("--requests", type=int, default=10_000, help="a round, for imds-sim")
    parser.add_argument("--ec2-metadata-mock", metavar="PATH", help="its binary, to measure it too")
    arguments = parser.parse_args()
    few, absent = max(CONNECTIONS, arguments.requests // 10), []
    with ExitStack() as servers:
        folder = Path(servers.enter_context(tempfile.TemporaryDirectory(prefix="imds-sim-")))
        ready_file = folder / "ready.json"
        ours = servers.enter_context(running(daemon_command(folder, ready_file)))
        port = port_of("imds", ready_file, ours)
        all_of_them = [contestant("imds-sim", ours.pid, port, ROLE, arguments.requests)]
        moto = servers.enter_context(moto_server())
        if moto is None:
            absent.append("moto_server")
        else:
            all_of_them.append(contestant("moto_server", moto.pid, moto.port, "default-role", few))
        if arguments.ec2_metadata_mock is None:
            absent.append("ec2-metadata-mock")
        else:
            port = free_port()
            options = ["--hostname", "127.0.0.1", "--port", str(port), "--imdsv2"]
            mock = servers.enter_context(running([arguments.ec2_metadata_mock, *options]))
            wait_for_port(port, mock)
            name, role = "ec2-metadata-mock", "baskinc-role"
            all_of_them.append(contestant(name, mock.pid, port, role, arguments.requests))
        results = contest(all_of_them)
    show(results, absent, arguments.json)


if __name__ == "__main__":
    main()
