"""Simulates the credentials experience of AWS compute: IMDS, container credentials, STS.

The public names are resolved when they are first used: `import imds_sim` costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from imds_sim.config.load import load_config
    from imds_sim.config.schema.configuration import Configuration
    from imds_sim.journal.entry import Entry
    from imds_sim.kernel.errors import SimError
    from imds_sim.server.embedded import Simulator

__all__ = ["Configuration", "Entry", "SimError", "Simulator", "load_config"]

_HOMES = {
    "Configuration": "imds_sim.config.schema.configuration",
    "Entry": "imds_sim.journal.entry",
    "SimError": "imds_sim.kernel.errors",
    "Simulator": "imds_sim.server.embedded",
    "load_config": "imds_sim.config.load",
}


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(home), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
