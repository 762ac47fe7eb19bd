"""Waiting for what another process does, where nothing tells of it: looking again, for a while."""

import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
EVERY = 0.2  # seconds
PATIENCE = 60.0  # seconds after which a test that hangs fails; a busy machine is slow, not broken


def until(
    look: Callable[[], T | None], told: Callable[[], str] = str, seconds: float = PATIENCE
) -> T:
    """What `look` gives once that counts as true; it fails with what is `told` otherwise."""
    pause = threading.Event()
    for _ in range(int(seconds / EVERY)):
        if found := look():
            return found
        pause.wait(EVERY)
    raise AssertionError(f"it did not come to that {told()}")
