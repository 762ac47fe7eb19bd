"""CPU time per signed AssumeRole, trust and session policy evaluated, beside moto in the same run.

    python -m tests.benchmarks.assume_role [--json]

Sixteen kept connections, one request at a time each, from a process of its own; the user signs with
a long-term key. Median of five rounds after one that is thrown away. Then, in process: how long the
refresher takes for 10,000 credential sets, and the longest of its ticks.
"""

import argparse
import gc
import json
import tempfile
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

from imds_sim.config.load import parse_config
from imds_sim.kernel.clock import SystemClock
from imds_sim.kernel.message import Headers, Request
from imds_sim.kernel.secret import Secret
from imds_sim.server.origin import Origin
from imds_sim.simulator.core import Core
from imds_sim.sts.query_api.sigv4 import sign
from tests.benchmarks.contest import CONNECTIONS, Contestant, contest, show
from tests.benchmarks.measured import daemon_command, moto_server, port_of, running

KEY_ID, SECRET = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
WORLD = f"""
users:
  alice:
    access_keys: [{{id: {KEY_ID}, secret: "{SECRET}"}}]
roles:
  web:
    trust:
      Version: "2012-10-17"
      Statement:
        - Effect: Allow
          Principal: {{AWS: "arn:aws:iam::111122223333:user/alice"}}
          Action: sts:AssumeRole
          Condition: {{StringLike: {{"sts:RoleSessionName": "bench*"}}}}
"""
SESSION_POLICY = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}],
}
FLEET = 10_000


def signed_request() -> bytes:
    """One signed AssumeRole; a signature is good for 15 minutes and any number of uses."""
    body = urlencode(
        {
            "Action": "AssumeRole",
            "Version": "2011-06-15",
            "RoleArn": "arn:aws:iam::111122223333:role/web",
            "RoleSessionName": "benchmark",
            "Policy": json.dumps(SESSION_POLICY),
        }
    ).encode()
    fields = [
        ("Host", "127.0.0.1"),
        ("Content-Type", "application/x-www-form-urlencoded; charset=utf-8"),
        ("Content-Length", str(len(body))),
        ("Connection", "keep-alive"),
    ]
    now = datetime.now(UTC)  # noqa: TID251 - signed for a server on the wall clock
    request = Request("POST", "/", Headers(fields), body)
    signed = sign(request, KEY_ID, Secret(SECRET), None, "us-east-1", now)
    head = "".join([f"{name}: {value}\r\n" for name, value in signed.headers])
    return f"POST / HTTP/1.1\r\n{head}\r\n".encode() + body


def fleet() -> tuple[float, float]:
    """Seconds for the first sets of a fleet, minted in ticks, and those of the longest tick."""
    instances = ", ".join(f"web-{number}: {{role: web}}" for number in range(FLEET))
    text = f"roles: {{web: {{}}}}\ninstances: {{{instances}}}\nseed: 1\n"
    clock = SystemClock()
    origin = Origin(parse_config(text), clock.now())
    core = Core(origin.first().world, origin.state_key, clock, origin.entropy)
    gc.collect()
    gc.freeze()  # as the daemon does once it is ready
    ticks, more = [], True
    while more:
        begun = time.thread_time()
        more = core.tick()
        ticks.append(time.thread_time() - begun)
    return sum(ticks), max(ticks)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    parser.add_argument("--requests", type=int, default=2_000, help="a round, for imds-sim")
    arguments = parser.parse_args()
    few = max(CONNECTIONS, arguments.requests // 10)
    request, proof = signed_request(), b"<SessionToken>"
    with ExitStack() as servers:
        folder = Path(servers.enter_context(tempfile.TemporaryDirectory(prefix="imds-sim-")))
        ready_file = folder / "ready.json"
        ours = servers.enter_context(running(daemon_command(folder, ready_file, WORLD)))
        port = port_of("sts", ready_file, ours)
        both = [Contestant("imds-sim", ours.pid, port, arguments.requests, request, proof)]
        moto = servers.enter_context(moto_server())
        if moto is not None:
            both.append(Contestant("moto_server", moto.pid, moto.port, few, request, proof))
        results = contest(both)
    show(results, [] if moto else ["moto_server"], arguments.json)
    total, longest = fleet()
    if not arguments.json:
        print(f"{FLEET} sets in process: {total:.2f} s of CPU, longest tick {longest * 1e3:.1f} ms")


if __name__ == "__main__":
    main()
