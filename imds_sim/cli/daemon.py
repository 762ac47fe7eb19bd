"""The running daemon, for commands that need one."""

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

import click

if TYPE_CHECKING:
    from imds_sim.admin.client import AdminClient

Function = TypeVar("Function", bound=Callable[..., object])

_admin = click.option(
    "--admin",
    metavar="ADDRESS",
    help="Admin socket of the daemon, unix:/PATH. Default: $IMDS_SIM_ADMIN, else the first live "
    "admin.sock in $RUNTIME_DIRECTORY, $XDG_RUNTIME_DIR/imds-sim, /run/imds-sim, "
    "/tmp/imds-sim-UID.",
)


def admin_option(function: Function) -> Function:
    """Add --admin to a command."""
    return _admin(function)


def running(admin: str | None) -> "AdminClient":
    """The daemon that is meant. Raises DaemonNotFound, DaemonNotPermitted, AddressMalformed."""
    from imds_sim.admin.client import find

    return find(admin, os.environ, os.geteuid())
