"""A command run to its end in our place: signals go on to it, its status becomes ours."""

import os
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Self

from imds_sim.kernel.errors import SimError

FORWARDED = (
    signal.SIGINT,
    signal.SIGTERM,
    signal.SIGHUP,
    signal.SIGQUIT,
    signal.SIGUSR1,
    signal.SIGUSR2,
)
Handler = Callable[[int, FrameType | None], object] | int | None  # as `signal.signal` has it
FROM_KEYBOARD = (signal.SIGINT, signal.SIGQUIT)
NOT_EXECUTABLE = 126  # as a shell says it
NOT_FOUND = 127


class CommandNotStarted(SimError):
    """The command is not there, or is not a program."""

    def __init__(self, message: str, exit_status: int) -> None:
        super().__init__(message)
        self.exit_status = exit_status


class EndedBySignal(SimError):
    """A signal came before there was a command to give it to."""

    def __init__(self, number: int) -> None:
        super().__init__(f"ended by {signal.Signals(number).name}")
        self.exit_status = 128 + number


def look_up(command: str) -> None:
    """Before anything is built up for it. Raises CommandNotStarted where it is nowhere.

    The places are those that `subprocess` will try, with our PATH, which is the child's too. What
    is there and still cannot be executed shows when it is.
    """
    places = [""] if os.path.dirname(command) else os.get_exec_path()
    if not any(os.path.exists(os.path.join(place, command)) for place in places):
        raise CommandNotStarted(f"{command}: command not found", NOT_FOUND)


@contextmanager
def starting(command: str) -> Iterator[None]:
    """Raises CommandNotStarted, with the status of shells, where it cannot be started inside."""
    try:
        yield
    except FileNotFoundError as error:
        raise CommandNotStarted(f"{command}: command not found", NOT_FOUND) from error
    except OSError as error:
        raise CommandNotStarted(f"{command}: {error.strerror}", NOT_EXECUTABLE) from error


class Foreground:
    """Catches signals inside its `with` block; before `run` they end the block."""

    def __init__(self) -> None:
        self._child: subprocess.Popen[bytes] | None = None
        self._starting = False
        self._early: list[int] = []
        self._before: dict[signal.Signals, Handler] = {}

    def __enter__(self) -> Self:
        for number in FORWARDED:
            self._before[number] = signal.signal(number, self._on_signal)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def run(self, command: Sequence[str], environ: Mapping[str, str]) -> int:
        """The status of `command`, or 128 and the number of the signal that ended it.

        Raises CommandNotStarted.
        """
        self._starting = True
        with starting(command[0]):
            self._child = subprocess.Popen(command, env=dict(environ))
        for number in self._early:
            self._child.send_signal(number)
        status = self._child.wait()
        return 128 - status if status < 0 else status

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if self._child is None:
            if self._starting:  # there is a child already, perhaps; it must not be left behind
                self._early.append(number)
                return
            raise EndedBySignal(number)
        if number in FROM_KEYBOARD and _in_foreground():
            return  # the terminal gave it to the whole process group, the child has it already
        self._child.send_signal(number)


def _in_foreground() -> bool:
    """Whether we belong to the process group that the terminal's keys go to."""
    try:
        terminal = os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:
        return False
    finally:
        os.close(terminal)
