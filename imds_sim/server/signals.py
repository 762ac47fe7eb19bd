"""What signals tell the daemon: to end, to read its file again, to say how it is."""

import asyncio
import faulthandler
import logging
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

log = logging.getLogger(__name__)

ENDING = (signal.SIGTERM, signal.SIGINT)
HELD = (signal.SIGHUP, signal.SIGUSR1)  # each ends a process that has no handler for it


def hold() -> None:
    """Keep SIGHUP and SIGUSR1 waiting: to be called at the very start, until `Signals.heard`."""
    signal.pthread_sigmask(signal.SIG_BLOCK, HELD)


def show_stacks() -> None:
    """SIGQUIT writes the stacks of all threads to standard error; SIGABRT too, then it ends.

    SIGABRT is what systemd sends when the watchdog hears nothing: systemd.service(5). It is served
    at once, whatever hangs. SIGQUIT waits until the main thread is between two instructions and
    holds the lock of the interpreter: `faulthandler.register` reads frames that are half made, and
    that ends the process sooner or later (python/cpython#116008).
    """
    try:
        faulthandler.enable()
    except (RuntimeError, ValueError, OSError):  # standard error is closed
        log.debug("daemon.no_stacks")
        return
    signal.signal(signal.SIGQUIT, _on_sigquit)


def _on_sigquit(number: int, frame: FrameType | None) -> None:
    with suppress(RuntimeError, ValueError, OSError):  # standard error was closed since
        faulthandler.dump_traceback()


class Signals:
    """Hears the signals of the running loop inside `heard`.

    The first SIGTERM or SIGINT calls `end`, SIGUSR1 calls `tell`.
    """

    def __init__(self, end: Callable[[], None], tell: Callable[[], None]) -> None:
        self._end = end
        self._tell = tell
        self._heard = asyncio.Event()
        self.ended = False

    @contextmanager
    def heard(self) -> Iterator[None]:
        """Hear signals inside the block. After it SIGHUP and SIGUSR1 wait for what never comes.

        So they cannot end the process while it closes its loop, which takes the handlers away.
        """
        loop = asyncio.get_running_loop()
        for number in ENDING:
            loop.add_signal_handler(number, self._on_ending, number)
        loop.add_signal_handler(signal.SIGHUP, self._heard.set)
        loop.add_signal_handler(signal.SIGUSR1, self._tell)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, HELD)
        try:
            yield
        finally:
            hold()

    async def ask_for_reload(self) -> bool:
        """Wait for a SIGHUP; False once the daemon is to end, after which SIGHUP is ignored."""
        await self._heard.wait()
        self._heard.clear()
        return not self.ended

    def _on_ending(self, number: signal.Signals) -> None:
        """The first signal begins the drain; the second one ends the process, whatever is open."""
        if self.ended:
            log.warning("daemon.cut_short", extra={"signal": number.name})
            os._exit(128 + number)
        self.ended = True
        self._heard.set()
        self._end()
