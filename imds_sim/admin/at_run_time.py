"""Tasks, pods and functions that come and go while the daemon runs: JSON in, the overlay out."""

from typing import Literal

from imds_sim.admin.backend import ServedCore
from imds_sim.admin.body import read_object
from imds_sim.admin.errors import BodyInvalid
from imds_sim.simulator.overlay import Overlay
from imds_sim.workloads.resolve import WorkloadUnknown

MAX_BODY = 64 * 1024  # bytes
Kind = Literal["tasks", "pods", "functions"]
KINDS: dict[Kind, str] = {"tasks": "task", "pods": "pod", "functions": "function"}


def started(kind: Kind, body: bytes, core: ServedCore) -> tuple[str, Overlay]:
    """The name of the workload that a body asks for, and the overlay with it.

    Raises BodyInvalid, NameTaken, TooManyAdded.
    """
    # The schema is loaded with the first file that is read, not with the control surface.
    from imds_sim.config.workload_at_run_time import WorkloadInvalid, workload_at_run_time

    given = read_object(body)
    name = given.pop("name", None)
    if not isinstance(name, str):
        raise BodyInvalid(f"name must be text, the name of the new {KINDS[kind]}")
    world, ids, now = core.world, core.identifiers, core.clock.now()
    core.overlay.check_new(name, world)
    try:
        built = workload_at_run_time(kind, name, given, world, ids, now)
    except WorkloadInvalid as error:
        raise BodyInvalid(str(error)) from None
    return name, core.overlay.with_workload(built, world)


def stopped(kind: Kind, name: str, core: ServedCore) -> Overlay:
    """The overlay without a workload. Raises WorkloadUnknown."""
    found = core.world.resolver.named(name)
    if found.kind != KINDS[kind]:
        raise WorkloadUnknown(f"{name} is a {found.kind}, not a {KINDS[kind]}")
    return core.overlay.without_workload(name, core.world)
