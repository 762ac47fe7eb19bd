"""What a world of 10,000 instances costs beside a world of one, in thread CPU time.

    python -m tests.benchmarks.large_world [--instances N] [--json]

A request for each kind of leaf, beside the credentials; the longest tick of a refresh storm in
which every set is due; one change at run time; the daemon's start. Medians, but for the storm.
"""

import argparse
import gc
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

from imds_sim.kernel.exchange import Surface
from imds_sim.kernel.message import Headers, Request
from imds_sim.simulator.overlay import Setting
from tests.benchmarks.measured import cpu_seconds, daemon_command, port_of, running, table
from tests.simulator.scenes import Scene, over, scene_of

CREDENTIALS = "/latest/meta-data/iam/security-credentials/web"
LEAVES = (
    "/latest/meta-data/",
    "/latest/meta-data/instance-id",
    "/latest/meta-data/iam/info",
    "/latest/meta-data/network/interfaces/macs/",
    "/latest/meta-data/events/maintenance/scheduled",
    "/latest/meta-data/spot/instance-action",
    "/latest/meta-data/tags/instance/Name",
    "/latest/dynamic/instance-identity/document",
    "/latest/user-data",
)
ROUNDS, REQUESTS = 7, 500
OPTIONS = "{http_tokens: required, instance_metadata_tags: enabled}"
EVENTS = "[{type: spot, in: 0s}, {type: maintenance}]"
INSTANCE = f"role: web, tags: {{Name: x}}, user_data: x, events: {EVENTS}"


def world(instances: int) -> str:
    lines = [f"  web-{n}: {{{INSTANCE}, metadata_options: {OPTIONS}}}" for n in range(instances)]
    return "\n".join(["roles: {web: {}}", "instances:", *lines])


@dataclass(frozen=True, slots=True)
class Costs:
    """Microseconds for requests, milliseconds for the rest."""

    instances: int
    requests: dict[str, float]
    longest_tick: float
    change: float


def microseconds(work: Callable[[], object], times: int) -> float:
    """The median cost of one call."""
    rounds = []
    for _ in range(ROUNDS):
        begun = time.thread_time()
        for _ in range(times):
            work()
        rounds.append((time.thread_time() - begun) / times * 1e6)
    return statistics.median(rounds)


def costs(instances: int) -> Costs:
    scene = scene_of(world(instances))
    gc.collect()
    gc.freeze()  # as the daemon does when it is ready
    ttl = Headers([("X-aws-ec2-metadata-token-ttl-seconds", "21600")])
    connection = over(Surface.IMDS)
    issued = scene.core.handle(connection, Request("PUT", "/latest/api/token", ttl)).body.decode()
    shown = Headers([("X-aws-ec2-metadata-token", issued)])
    requests = {}
    for path in (CREDENTIALS, *LEAVES):
        request = Request("GET", path, shown)
        if scene.core.handle(connection, request).status != 200:
            raise SystemExit(f"{path} is not there")
        requests[path] = microseconds(partial(scene.core.handle, connection, request), REQUESTS)
    return Costs(instances, requests, longest_tick(scene), change(scene))


def longest_tick(scene: Scene) -> float:
    """The longest turn of the loop while every set is minted anew."""
    scene.clock.advance(timedelta(hours=6))
    longest, more = 0.0, True
    while more:
        begun = time.thread_time()
        more = scene.core.tick()
        longest = max(longest, time.thread_time() - begun)
    return longest * 1e3


def change(scene: Scene) -> float:
    """One setting of one instance, laid over the world."""
    core, values = scene.core, iter(range(10**6))

    def once() -> None:
        setting = Setting("tags.x", ("tags", "x"), str(next(values)), "x")
        core.lay_over(core.overlay.with_settings("web-0", setting))

    return microseconds(once, 5) / 1e3


def start_seconds(instances: int) -> tuple[float, float]:
    """From the start of the process to the ready file: on the wall clock, and of CPU."""
    names = "".join(f"  web-{number}: {{role: web}}\n" for number in range(instances))
    text = f"roles: {{web: {{}}}}\ninstances:\n{names}"
    with tempfile.TemporaryDirectory(prefix="imds-sim-") as name:
        ready_file = Path(name) / "ready.json"
        begun = time.perf_counter()
        with running(daemon_command(Path(name), ready_file, text)) as process:
            port_of("imds", ready_file, process)
            return time.perf_counter() - begun, cpu_seconds(process.pid)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    parser.add_argument("--instances", type=int, default=10_000, help="of the large world")
    arguments = parser.parse_args()
    small, large = costs(1), costs(arguments.instances)
    wall, cpu = start_seconds(arguments.instances)
    if arguments.json:
        print(
            json.dumps(
                {"small": asdict(small), "large": asdict(large), "start": wall, "start_cpu": cpu}
            )
        )
        return
    rows = [("request, µs", "1 instance", f"{arguments.instances} instances")]
    rows += [
        (path, f"{cost:.1f}", f"{large.requests[path]:.1f}")
        for path, cost in small.requests.items()
    ]
    rows += [
        ("longest tick of a storm, ms", f"{small.longest_tick:.1f}", f"{large.longest_tick:.1f}"),
        ("a change at run time, ms", f"{small.change:.1f}", f"{large.change:.1f}"),
    ]
    print(table(rows))
    print(f"start of {arguments.instances} instances: {wall:.2f} s, {cpu:.2f} s of CPU")


if __name__ == "__main__":
    main()
