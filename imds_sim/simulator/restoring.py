"""Restoring a function from its snapshot: new credentials behind the token it has.

Source: Lambda Developer Guide, "Lambda SnapStart"; aws-lambda-runtime-interface-emulator,
internal/lambda/rapi (a restore must bring one set of credentials).
"""

from imds_sim.kernel.errors import SimError
from imds_sim.workloads.function import Function
from imds_sim.workloads.workload import Workload


class NotRestorable(SimError):
    """No function with SnapStart: nothing has a snapshot but these."""

    exit_status = 2


def check_restorable(workload: Workload) -> None:
    """Raise NotRestorable unless `workload` is a function with SnapStart."""
    if not isinstance(workload, Function):
        raise NotRestorable(f"{workload.kind} {workload.name} is no function")
    if not workload.snap_start:
        name = workload.name
        raise NotRestorable(f"function {name} has no snapshot; set functions.{name}.snap_start")
