"""The statistics of containers: Docker's, with numbers that move with the clock.

Source: Docker Engine API 1.4x, GET /containers/{id}/stats, for the members; ECS Developer Guide,
"Task metadata endpoint version 4", for an example. The numbers follow from the container and the
time alone: two readers within one second see the same, and so does a second run at that time.
"""

import hashlib
from datetime import datetime, timedelta

from imds_sim.containers.go_json import Json
from imds_sim.containers.task_metadata import rfc3339
from imds_sim.workloads.task import Container, NetworkMode, Task

_SECOND = timedelta(seconds=1)
_NANOSECONDS = 1_000_000_000
_MIB = 1024 * 1024
_CORES = 2
_HOST_MEMORY = 4096  # MiB, where neither container nor task has a limit
_BLOCK_STATISTICS = (
    "io_service_bytes_recursive",
    "io_serviced_recursive",
    "io_queue_recursive",
    "io_service_time_recursive",
    "io_wait_time_recursive",
    "io_merged_recursive",
    "io_time_recursive",
    "sectors_recursive",
)


def container_stats(
    task: Task, container: Container, now: datetime, *, rates: bool
) -> dict[str, Json]:
    """The sample of this second; `rates` adds those of the network, as version 4 does."""
    read = now.replace(microsecond=0) + timedelta(microseconds=_chance(container, "read") % 900_000)
    before = _Sample(task, container, read - _SECOND)
    sample = _Sample(task, container, read)
    members: dict[str, Json] = {
        "read": rfc3339(read),
        "preread": rfc3339(read - _SECOND),
        "pids_stats": {"current": 3 + _chance(container, "processes") % 20},
        "blkio_stats": {name: [] for name in _BLOCK_STATISTICS},
        "num_procs": 0,
        "storage_stats": {},
        "cpu_stats": sample.cpu(),
        "precpu_stats": before.cpu(),
        "memory_stats": sample.memory(),
        "name": f"/{container.docker_name}",
        "id": container.docker_id,
    }
    if task.network_mode is NetworkMode.HOST:
        return members
    name = "eth1" if task.network_mode is NetworkMode.AWSVPC else "eth0"
    received, sent = sample.received, sample.sent
    members["networks"] = {name: _network(received, sent)}
    if rates:
        members["network_rate_stats"] = {
            "rx_bytes_per_sec": received - before.received,
            "tx_bytes_per_sec": sent - before.sent,
        }
    return members


class _Sample:
    """What a container has used up to a moment; never less than a second before."""

    def __init__(self, task: Task, container: Container, at: datetime) -> None:
        self._task = task
        self._container = container
        self._ran = max((at - task.started_at) // _SECOND, 0) + 1  # whole seconds
        self.received = self._grown("received", 200, 4000)
        self.sent = self._grown("sent", 100, 2000)

    def cpu(self) -> dict[str, Json]:
        """`cpu_stats`: a few hundredths of a core, most of it in user mode."""
        used = self._grown("cpu", _NANOSECONDS // 100, _NANOSECONDS // 10)
        kernel = used // 8
        first = used * 9 // 16
        return {
            "cpu_usage": {
                "total_usage": used,
                "percpu_usage": [first, used - first],
                "usage_in_kernelmode": kernel,
                "usage_in_usermode": used - kernel,
            },
            "system_cpu_usage": (self._ran + 600) * _CORES * _NANOSECONDS,
            "online_cpus": _CORES,
            "throttling_data": {"periods": 0, "throttled_periods": 0, "throttled_time": 0},
        }

    def memory(self) -> dict[str, Json]:
        """`memory_stats`: between a quarter and a half of the limit."""
        limit = (self._container.memory or self._task.memory or _HOST_MEMORY) * _MIB
        step = limit // 64
        usage = limit // 4 + step * (_chance(self._container, f"memory {self._ran}") % 16)
        most = limit // 4 + step * 15
        cached = usage // 3
        return {
            "usage": usage,
            "max_usage": most,
            "stats": {"cache": cached, "inactive_file": cached // 2, "rss": usage - cached},
            "limit": limit,
        }

    def _grown(self, what: str, least: int, most: int) -> int:
        """A sum that grows by `least` to about twice `most` each second."""
        slope = least + _chance(self._container, what) % (most - least)
        return slope * self._ran + _chance(self._container, f"{what} {self._ran}") % (slope // 2)


def _network(received: int, sent: int) -> Json:
    return {
        "rx_bytes": received,
        "rx_packets": received // 120 + 1,
        "rx_errors": 0,
        "rx_dropped": 0,
        "tx_bytes": sent,
        "tx_packets": sent // 90 + 1,
        "tx_errors": 0,
        "tx_dropped": 0,
    }


def _chance(container: Container, what: str) -> int:
    digest = hashlib.sha256(f"{container.docker_id} {what}".encode()).digest()
    return int.from_bytes(digest[:8], "big")
