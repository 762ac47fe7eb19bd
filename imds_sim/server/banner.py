"""What the daemon says of itself once it is ready: for a person, and as JSON for a program."""

import logging
import os
import sys
from collections.abc import Iterator

from imds_sim.kernel.exchange import Surface
from imds_sim.simulator.core import Core
from imds_sim.simulator.endpoints import Endpoints
from imds_sim.simulator.environment import EnvironmentUnavailable, environment
from imds_sim.simulator.environment_block import Format
from imds_sim.workloads.endpoint import Endpoint
from imds_sim.workloads.function import Function
from imds_sim.workloads.workload import Workload

log = logging.getLogger(__name__)

SHOWN = 20  # workloads; a fleet is not for reading


def ready_document(endpoints: Endpoints) -> dict[str, object]:
    """The content of the ready file."""
    surfaces = {surface.value: list(endpoints.surfaces.get(surface, ())) for surface in Surface}
    return {
        **surfaces,
        "admin": list(endpoints.admin),
        "probes": list(endpoints.probes),
        "instances": {name: list(urls) for name, urls in endpoints.instances.items()},
    }


def summary(core: Core, endpoints: Endpoints) -> str:
    """One line for the service manager."""
    served = sum(map(len, (*endpoints.surfaces.values(), *endpoints.instances.values())))
    workloads = len(core.world.resolver.workloads)
    told = f"{_counted(workloads, 'workload')} on {_counted(served, 'endpoint')}"
    return f"serving {told}, generation {core.generation}"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' * (count != 1)}"


def banner(core: Core, endpoints: Endpoints) -> str:
    """Endpoints, workloads and the environment to paste. Holds no credentials."""
    return "\n".join(_lines(core, endpoints)) + "\n"


def show(text: str) -> None:
    """Write to standard output, if there is one: whoever read it may be gone, its disk be full."""
    if sys.stdout is None:
        return
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError as error:
        log.warning("banner.not_written", extra={"reason": error.strerror})
        nowhere = os.open(os.devnull, os.O_WRONLY)  # for what is buffered, at the latest at the end
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def _lines(core: Core, endpoints: Endpoints) -> Iterator[str]:
    yield "imds-sim is ready"
    for surface, urls in endpoints.surfaces.items():
        yield f"  {surface:<8} {' '.join(urls)}"
    if endpoints.admin:
        yield f"  {'admin':<8} {' '.join(endpoints.admin)}"
    if endpoints.probes:
        yield f"  {'probes':<8} {' '.join(endpoints.probes)}"
    workloads = list(core.world.resolver.workloads.values())
    yield "workloads" if workloads else "no workloads"
    for workload in workloads[:SHOWN]:
        role = f"role {workload.role.name}" if workload.role else "no role"
        own = " ".join(endpoints.instances.get(workload.name, ()))
        yield f"  {workload.name} ({workload.kind}): {role} {own}".rstrip()
    if len(workloads) > SHOWN:
        yield f"  and {len(workloads) - SHOWN} more: imds-sim status"
    if workloads:
        yield from _paste(core, endpoints, workloads[0])


def _paste(core: Core, endpoints: Endpoints, workload: Workload) -> Iterator[str]:
    yield f"to be {workload.name} in a shell"
    if isinstance(
        workload, Function | Endpoint
    ):  # its environment holds credentials or their token
        yield f'  eval "$(imds-sim env --as {workload.name})"'
        return
    try:
        text = environment(core, endpoints, workload.name).text(Format.SHELL)
    except EnvironmentUnavailable as error:
        yield f"  not possible from here: {error}"
        return
    yield from (f"  {line}" for line in text.splitlines() if line.startswith("export "))
