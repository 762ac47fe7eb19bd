"""A thread with an event loop of its own, for callers in other threads."""

import asyncio
import os
import threading
from collections.abc import Coroutine
from typing import TypeVar

import uvloop

T = TypeVar("T")


class LoopThread:
    """Runs coroutines for other threads, which wait for what comes of them.

    A forked child has this object and no such thread: nothing that it asked for would ever come.
    """

    def __init__(self, name: str) -> None:
        self._loop = uvloop.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name=name, daemon=True)
        self._process = os.getpid()

    @property
    def is_of_this_process(self) -> bool:
        """Whether it was made here, and not in a process that this one was forked from."""
        return os.getpid() == self._process

    @property
    def is_alive(self) -> bool:
        """Whether it was started and has not ended."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def wait(self, task: Coroutine[None, None, T]) -> T:
        """Run `task` there; gives what it gives, raises what it raises."""
        return asyncio.run_coroutine_threadsafe(task, self._loop).result()

    def end(self) -> None:
        """Stop the loop and wait for the thread."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
