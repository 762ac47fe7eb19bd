from datetime import UTC, datetime, timedelta

import pytest

from imds_sim.kernel.secret import Secret
from imds_sim.sts.totp import code, matching_step, step_of
from tests.sts.scene import SEED

NOW = datetime(2026, 1, 2, 3, 4, 15, tzinfo=UTC)  # in the middle of a step


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_the_vectors_of_rfc_6238_with_six_digits(seconds: int, shown: str) -> None:
    assert code(SEED, step_of(datetime.fromtimestamp(seconds, UTC))) == shown


@pytest.mark.parametrize(
    "spelt",
    [
        "gezdgnbvgy3tqojqgezdgnbvgy3tqojq",
        "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ",
        "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ======",
    ],
)
def test_a_seed_has_many_spellings(spelt: str) -> None:
    assert code(Secret(spelt), 1) == code(SEED, 1)


@pytest.mark.parametrize(
    ("steps", "accepted"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_the_neighbours_of_the_current_step_are_accepted(steps: int, accepted: bool) -> None:
    shown = code(SEED, step_of(NOW + timedelta(seconds=30 * steps)))
    assert matching_step(SEED, shown, NOW) == (step_of(NOW) + steps if accepted else None)
