"""The faults of a running simulator, for other threads: they are armed on the loop's thread."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from imds_sim.faults.armed import ArmedFault
from imds_sim.faults.scope_text import clients_in, surface_named
from imds_sim.server.runtime import Runtime

T = TypeVar("T")


class OnTheLoop(Protocol):
    """Runs a function of the runtime on the loop's thread and gives what it gives."""

    def __call__(self, function: Callable[[Runtime], T], /) -> T: ...


@dataclass(frozen=True, slots=True)
class Faults:
    """What goes wrong on purpose; `imds-sim fault catalogue` prints what there is."""

    _call: OnTheLoop

    def add(
        self,
        fault: str,
        *,
        as_: str | None = None,
        surface: str | None = None,
        client: str | None = None,
    ) -> int:
        """Arm a fault such as `token:503*1`; returns its number.

        For one workload, surface, or client (an address or a prefix) alone if given. Raises
        FaultInvalid, TooManyFaults, WorkloadUnknown, SimulatorStopped, and ValueError for a surface
        or a client that cannot be.
        """
        if not isinstance(fault, str):
            raise TypeError(f"fault must be a text like token:503*1, not {fault!r}")
        if not (as_ is None or isinstance(as_, str)):
            raise TypeError(f"as_ must be the name of a workload, not {as_!r}")
        named = surface_named(surface) if surface is not None else None
        clients = clients_in(client) if client is not None else None
        return self._call(lambda runtime: runtime.core.arm(fault, as_, named, clients).number)

    def list(self) -> list[ArmedFault]:
        """The armed faults with their counters, oldest first. Raises SimulatorStopped."""
        return self._call(lambda runtime: runtime.core.faults.listed())

    def clear(self, number: int | None = None) -> int:
        """Disarm one fault by its number, or all; returns how many.

        Raises FaultUnknown, SimulatorStopped.
        """
        if not (number is None or isinstance(number, int)):
            raise TypeError(f"number must be one that add gave, not {number!r}")
        return self._call(lambda runtime: runtime.core.faults.clear(number))
