"""Calls that the daemon can leave behind: a file on a dead network mount blocks for ever."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from typing import Any, TypeVar

T = TypeVar("T")


class LeavableCalls:
    """Runs functions in threads that neither the loop nor the interpreter waits for at its end."""

    def __init__(self) -> None:
        self._begun: list[tuple[threading.Thread, Future[Any]]] = []

    async def run(self, function: Callable[[], T]) -> T:
        """What `function` gives, or raises; or the error that it was left with."""
        outcome: Future[T] = Future()

        def call() -> None:
            with suppress(InvalidStateError):  # nobody waits any more
                try:
                    outcome.set_result(function())
                except Exception as error:
                    outcome.set_exception(error)

        thread = threading.Thread(target=call, name="leavable", daemon=True)
        self._begun = [each for each in self._begun if each[0].is_alive()] + [(thread, outcome)]
        thread.start()
        return await asyncio.wrap_future(outcome)

    def leave(self, error: Exception) -> None:
        """Whoever waits gets `error` instead. The threads live on."""
        for _, outcome in self._begun:
            with suppress(InvalidStateError):  # done already
                outcome.set_exception(error)

    @property
    def are_running(self) -> bool:
        """Whether a thread is still at it."""
        return any(thread.is_alive() for thread, _ in self._begun)
