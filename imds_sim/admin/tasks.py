"""Tasks that come and go while the daemon runs: bodies in JSON, the overlay that follows."""

from imds_sim.admin.backend import ServedCore
from imds_sim.admin.body import read_object
from imds_sim.admin.errors import BodyInvalid
from imds_sim.simulator.overlay import Overlay
from imds_sim.workloads.resolve import WorkloadUnknown
from imds_sim.workloads.task import Task

MAX_BODY = 64 * 1024  # bytes


def started(body: bytes, core: ServedCore) -> tuple[str, Overlay]:
    """The name of the task that a body asks for, and the overlay with it.

    Raises BodyInvalid, NameTaken, TooManyAdded.
    """
    # The schema is loaded with the first file that is read, not with the control surface.
    from imds_sim.config.task_at_run_time import TaskInvalid, task_at_run_time

    given = read_object(body)
    name = given.pop("name", None)
    if not isinstance(name, str):
        raise BodyInvalid("name must be text, the name of the new task")
    try:
        task = task_at_run_time(name, given, core.world, core.identifiers, core.clock.now())
    except TaskInvalid as error:
        raise BodyInvalid(str(error)) from None
    return name, core.overlay.with_workload(task, core.world)


def stopped(name: str, core: ServedCore) -> Overlay:
    """The overlay without a task. Raises WorkloadUnknown."""
    found = core.world.resolver.named(name)
    if not isinstance(found, Task):
        raise WorkloadUnknown(f"{name} is a {found.kind}, not a task")
    return core.overlay.without_workload(name, core.world)
