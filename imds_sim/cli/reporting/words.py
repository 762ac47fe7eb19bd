"""What the page of a report says of times, ends, answers and the command."""

import shlex
import signal
from collections.abc import Sequence
from datetime import timedelta

from imds_sim.cli.reporting.timeline import Asked
from imds_sim.journal.redact import MASK, is_secret_name
from imds_sim.kernel.plan import End


def span_text(span: timedelta) -> str:
    """A length of time as a person reads it."""
    seconds = span.total_seconds()
    if seconds < 0.001:
        return f"{seconds * 1000:.1f} ms" if seconds else "0"
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{round(seconds, 2):g} s"


def exit_name(status: int | None) -> str:
    """How a command ended: its status, the signal behind it, or the time limit."""
    if status is None:
        return "time limit"
    try:
        return signal.Signals(status - 128).name
    except ValueError:
        return f"exit {status}"


def reply(asked: Asked) -> str:
    """What became of a request: the answer, and when it came."""
    took = span_text(asked.over - asked.at)
    match asked.answer.end:
        case End.SILENCE:
            return f"no answer in {took}"
        case End.RESET:
            return f"connection reset after {took}"
        case _ if asked.answer.is_late:
            return f"no answer in {took}, it was held back for {span_text(asked.answer.held)}"
        case End.CUT:
            return f"{asked.entry.status}, cut short after {took}"
        case _:
            return f"{asked.entry.status} after {took}"


def command_line(arguments: Sequence[str]) -> str:
    """A command as a shell takes it; what is given to `--token` and its like is masked.

    A page is passed on, more than the history of a shell is.
    """
    shown: list[str] = []
    hide = False
    for each in arguments:
        name, equals, _ = each.partition("=")
        secret = _is_setting(name) and is_secret_name(name)
        if hide:
            shown.append(shlex.quote(MASK))
        elif equals and secret:
            shown.append(f"{shlex.quote(name)}={shlex.quote(MASK)}")
        else:
            shown.append(_quoted(each))
        hide = secret and not equals and name.startswith("-")
    return " ".join(shown)


def _quoted(argument: str) -> str:
    """As people quote it: in double quotes if there are single ones within, and nothing else."""
    if "'" in argument and not set('"$`\\!') & set(argument):
        return f'"{argument}"'
    return shlex.quote(argument)


def _is_setting(name: str) -> bool:
    return name.lstrip("-").replace("-", "_").isidentifier()
