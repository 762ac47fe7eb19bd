"""A place where a surface is to be served."""

from dataclasses import dataclass

from imds_sim.kernel.address import Address
from imds_sim.kernel.exchange import Surface


@dataclass(frozen=True, slots=True)
class Listener:
    """An address of a surface; `instance` names the one instance that answers there, if any."""

    surface: Surface
    address: Address
    instance: str | None = None
