import asyncio
import threading

import pytest

from imds_sim.server.leavable import LeavableCalls

PATIENCE = 60.0


class Left(Exception):
    pass


async def test_a_call_gives_what_the_function_gives_off_the_loops_thread() -> None:
    thread = await LeavableCalls().run(threading.current_thread)
    assert thread is not threading.current_thread()
    assert thread.daemon


async def test_a_call_raises_what_the_function_raises() -> None:
    with pytest.raises(ZeroDivisionError):
        await LeavableCalls().run(lambda: 1 // 0)


async def test_who_waits_gets_the_error_that_the_call_is_left_with() -> None:
    calls, began, go = LeavableCalls(), asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    def block() -> None:
        loop.call_soon_threadsafe(began.set)
        assert go.wait(PATIENCE)

    async def leave() -> None:
        await began.wait()
        calls.leave(Left())

    try:
        async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as tasks:
            tasks.create_task(leave())
            with pytest.raises(Left):
                await calls.run(block)
        assert calls.are_running
    finally:
        go.set()
    assert await calls.run(lambda: "the next one") == "the next one"


async def test_nothing_runs_once_the_functions_have_ended() -> None:
    calls = LeavableCalls()
    thread = await calls.run(threading.current_thread)
    thread.join(PATIENCE)
    assert not calls.are_running
    calls.leave(Left())  # nobody is there to get it
