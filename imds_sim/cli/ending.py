"""How a command ends: an exit status, and for every error one clear line on standard error."""

import io
import os
import sys
from collections.abc import Callable

import click

from imds_sim.kernel.errors import SimError

DEBUG_VARIABLE = "IMDS_SIM_DEBUG"
NO = 1  # the answer is no
USAGE = 2
INTERNAL = 70  # EX_SOFTWARE of sysexits(3)
INTERRUPTED = 128 + 2


class OutputClosed(SimError):
    """Whoever read our output has stopped reading."""

    exit_status = 128 + 13  # as a program that SIGPIPE ended


class FileUnreadable(SimError):
    """A file that was named on the command line is missing or cannot be read."""

    exit_status = 66


class FileNotWritable(SimError):
    """A file that was named on the command line cannot be written where it was to go."""

    exit_status = 77


def status_of(run: Callable[[], object]) -> int:
    """Run a command; what it returns, if it is a number, is the exit status."""
    try:
        result = run()
    except click.ClickException as error:
        shown = io.StringIO()
        error.show(shown)
        _tell_error(shown.getvalue().removesuffix("\n"))
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except OutputClosed as error:
        _close_quietly()
        return error.exit_status
    except SimError as error:
        return _told(error)
    except Exception as error:
        cause = _alone(error)
        return _told(cause) if isinstance(cause, SimError) else _broken(cause)
    return result if isinstance(result, int) else 0


def tell(message: str) -> None:
    """One line for the user, apart from the output."""
    click.echo(f"imds-sim: {message}", err=True)


def _tell_error(text: str) -> None:
    """Standard error gets it; the journal, if that leads there, as an error (sd-daemon(3))."""
    import logging

    from imds_sim.server import logs

    if logs.automatic(sys.stderr, os.environ) == "journald":
        text = logs.with_priority(text, logging.ERROR)
    click.echo(text, err=True)


def _alone(error: Exception) -> Exception:
    """What a group holds if that is one error: a task group wraps what ended it."""
    while isinstance(error, ExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    return error


def _told(error: SimError) -> int:
    from imds_sim.config.errors import ConfigError
    from imds_sim.kernel.address import AddressMalformed
    from imds_sim.kernel.timestamps import DurationMalformed
    from imds_sim.workloads.resolve import WorkloadUnknown

    if isinstance(error, ConfigError):
        _tell_error(str(error))  # FILE:LINE:COLUMN first, as editors read it
    else:
        _tell_error(f"imds-sim: {error}")
    if isinstance(error, AddressMalformed | DurationMalformed | WorkloadUnknown):
        return USAGE
    status = getattr(error, "exit_status", INTERNAL)
    return status if isinstance(status, int) else INTERNAL


def _broken(error: Exception) -> int:
    if os.environ.get(DEBUG_VARIABLE):
        import traceback

        _tell_error("".join(traceback.format_exception(error)).removesuffix("\n"))
    told = f"{type(error).__name__}: {error}".partition("\n")[0]
    again = f"run it again with {DEBUG_VARIABLE}=1 for the traceback"
    _tell_error(f"imds-sim: internal failure: {told} ({again})")
    return INTERNAL


def _close_quietly() -> None:
    """Let the flush at the end of the process go nowhere instead of failing."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
