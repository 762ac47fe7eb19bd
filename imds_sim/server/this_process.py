"""This process as a workload: its environment, and what boto3 keeps for the whole process."""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from imds_sim.simulator.child_environment import child_environment


@contextmanager
def patched_environ(variables: Mapping[str, str]) -> Iterator[None]:
    """Inside, the environment is that of a workload, its `variables` those of a `Simulator`.

    Then it is as it was before.
    """
    before = dict(os.environ)
    _become(child_environment(os.environ, variables))
    try:
        with own_default_session():
            yield
    finally:
        _become(before)


@contextmanager
def own_default_session() -> Iterator[None]:
    """Inside, boto3 has no session yet: the one from before would hold its own credentials."""
    before = getattr(sys.modules.get("boto3"), "DEFAULT_SESSION", None)
    _set_default_session(None)
    try:
        yield
    finally:
        _set_default_session(before)


def _set_default_session(session: object) -> None:
    boto3 = sys.modules.get("boto3")
    if boto3 is not None:
        # A module that is looked up by name has no attributes for the type checker.
        boto3.DEFAULT_SESSION = session  # type: ignore[attr-defined]


def _become(environ: Mapping[str, str]) -> None:
    """Change what differs and nothing else: other threads look at the environment meanwhile."""
    for name in os.environ.keys() - environ.keys():
        os.environ.pop(name, None)
    os.environ.update({n: v for n, v in environ.items() if os.environ.get(n) != v})
