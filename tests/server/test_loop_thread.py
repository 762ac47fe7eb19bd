import threading
from collections.abc import Iterator

import pytest

from imds_sim.server.loop_thread import LoopThread


@pytest.fixture
def thread() -> Iterator[LoopThread]:
    made = LoopThread("imds-sim-test")
    made.start()
    yield made
    made.end()
    assert not made.is_alive


async def where() -> str:
    return threading.current_thread().name


async def failing() -> None:
    raise ZeroDivisionError


def test_a_coroutine_runs_there_and_its_caller_gets_what_it_gives(thread: LoopThread) -> None:
    assert thread.wait(where()) == "imds-sim-test"
    assert thread.is_alive
    assert thread.is_of_this_process


def test_its_caller_gets_its_error(thread: LoopThread) -> None:
    with pytest.raises(ZeroDivisionError):
        thread.wait(failing())
