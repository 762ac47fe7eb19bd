"""A configuration in whichever form a program has it that embeds the simulator."""

import os
from collections.abc import Mapping

from imds_sim.config.load import DEFAULT_FILE, load_config, parse_config
from imds_sim.config.schema.configuration import Configuration

Given = Configuration | str | os.PathLike[str] | Mapping[str, object] | None
# Read with the module: the first start shall not wait until the schema is built.
DEFAULT = parse_config(f"seed: 1\n{DEFAULT_FILE}")


def loaded(given: Given) -> Configuration:
    """Raises ConfigInvalid, ConfigNotReadable."""
    if given is None:
        return DEFAULT
    if isinstance(given, Configuration):
        return given
    if isinstance(given, str | os.PathLike):
        return load_config(given)
    if isinstance(given, Mapping):
        return parse_config(given)
    raise TypeError(
        "Simulator.start takes a Configuration, the path of one or a mapping, "
        f"not {type(given).__name__}"
    )
