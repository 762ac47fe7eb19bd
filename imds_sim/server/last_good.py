"""The last configuration that was good, for a start when the file is not.

A unit whose service cannot start is worse off than one that goes on as it was: every connection
starts it again, until systemd gives up on the sockets too.
"""

import logging
import os
import re
from collections.abc import Mapping
from pathlib import Path

from imds_sim.config.errors import ConfigError
from imds_sim.config.load import load_config, parse_config
from imds_sim.config.schema.configuration import Configuration
from imds_sim.server.ownership import flaw_of
from imds_sim.server.state import write_atomically

log = logging.getLogger(__name__)

FILE = "last-good.yaml"
_STATE_DIR = re.compile(r"""^state_dir:\s*["']?([^"'#\s]+)""", re.MULTILINE)


def load_or_last_good(
    path: str | None, environ: Mapping[str, str], wanted: bool
) -> tuple[Configuration, str | None]:
    """The configuration at `path`; if it is wrong, and so `wanted`, the last good one and why.

    Looked for in $STATE_DIRECTORY and in what the file says of `state_dir`. Raises ConfigInvalid
    and ConfigNotReadable where there is none, or that is wrong as well.
    """
    try:
        return load_config(path), None
    except ConfigError as error:
        if path is None or not wanted or (kept := _kept(path, environ)) is None:
            raise
        configuration = parse_config(kept, f"{path} (last good)", Path(path).absolute().parent)
        return configuration, str(error)


def warning_of(reason: str) -> str:
    """What `status` says until a reload is good: of several errors the first."""
    first = reason.partition("\n")[0]
    return f"the last good configuration answers; the file is wrong: {first}"


def keep(configuration: Configuration) -> None:
    """Keep what was read, now that it answers. A full disk is told, and no more."""
    if configuration.state_dir is None or configuration.text is None:
        return
    try:
        write_atomically(configuration.state_dir / FILE, configuration.text.encode())
    except OSError as error:
        log.warning("config.last_good_not_kept", extra={"reason": error.strerror})


def _kept(path: str, environ: Mapping[str, str]) -> str | None:
    folders = [*environ.get("STATE_DIRECTORY", "").split(":")]
    try:
        said = _STATE_DIR.search(Path(path).read_text("utf-8", "replace"))
        folders += [os.path.join(os.path.dirname(path), said[1])] if said else []
    except OSError:
        pass
    for folder in filter(None, folders):
        file = Path(folder) / FILE
        try:
            if flaw_of(file) is None:
                return file.read_text("utf-8")
        except OSError:
            continue
    return None
