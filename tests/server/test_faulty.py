from collections.abc import Iterator
from typing import Any

import pytest

from imds_sim import Simulator


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with Simulator.start() as running:
        yield running


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"fault": 5}, "fault must be a text like token:503\\*1, not 5"),
        ({"as_": 5}, "as_ must be the name of a workload, not 5"),
        ({"surface": "imsd"}, "surface must be one of imds, ecs, .*, not 'imsd'"),
        ({"client": "10.0.0.1/8"}, "client must be an IP address or a prefix like .*'10.0.0.1/8'"),
    ],
)
def test_what_is_wrong_with_a_fault_is_told_as_what_is_wanted(
    simulator: Simulator, asked: dict[str, Any], told: str
) -> None:
    with pytest.raises((TypeError, ValueError), match=f"^{told}$"):
        simulator.faults.add(**{"fault": "token:503*1", **asked})
    assert simulator.faults.list() == []


def test_a_fault_is_cleared_by_its_number(simulator: Simulator) -> None:
    number: Any = simulator.faults.add("token:503*1", client="10.0.0.0/8", surface="imds")
    with pytest.raises(TypeError, match=f"^number must be one that add gave, not '{number}'$"):
        simulator.faults.clear(str(number))  # type: ignore[arg-type]
    assert simulator.faults.clear(number) == 1
