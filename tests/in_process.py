"""A command of ours in the tests' own process; what it does to logging ends with it."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from click.testing import CliRunner, Result

from imds_sim.cli.main import imds_sim


def invoke(arguments: Sequence[str], environment: Mapping[str, str | None]) -> Result:
    """Run it with more, or for None less, in the environment."""
    with _logging_kept():
        return CliRunner().invoke(imds_sim, arguments, env=environment, prog_name="imds-sim")


@contextmanager
def _logging_kept() -> Iterator[None]:
    """Commands set up logging for their process: `run` and `report` hear warnings or errors."""
    root, ours = logging.getLogger(), logging.getLogger("imds_sim")
    handlers, levels = list(root.handlers), (root.level, ours.level)
    try:
        yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(levels[0])
        ours.setLevel(levels[1])
