from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from imds_sim import Simulator


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with Simulator.start() as running:
        yield running


@pytest.mark.parametrize("wrong", [5, "5m", None])
def test_it_is_moved_by_a_timedelta(simulator: Simulator, wrong: Any) -> None:
    with pytest.raises(
        TypeError, match=r"^by must be a timedelta, timedelta\(minutes=5\) say, not"
    ):
        simulator.clock.advance(wrong)
    assert abs(simulator.clock.now() - simulator.clock.wall()) < timedelta(minutes=1)


@pytest.mark.parametrize("wrong", ["60", True, None, timedelta(minutes=1)])
def test_its_pace_is_a_number(simulator: Simulator, wrong: Any) -> None:
    with pytest.raises(TypeError, match=r"^factor must be a number, 60 "):
        simulator.clock.speed(wrong)
