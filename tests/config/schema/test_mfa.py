from collections.abc import Callable

import pytest

Refusal = Callable[[str], list[str]]
SEED = "JBSWY3DPEHPK3PXP"


@pytest.mark.parametrize(("count", "taken"), [(8, True), (9, False)])
def test_a_user_has_at_most_eight_devices(refusal: Refusal, count: int, taken: bool) -> None:
    devices = ", ".join(
        f"{{serial: 'arn:aws:iam::111122223333:mfa/{number}', seed: {SEED}}}"
        for number in range(count)
    )
    assert (refusal(f"users: {{u: {{mfa_devices: [{devices}]}}}}") == []) is taken


def test_a_device_needs_a_seed(refusal: Refusal) -> None:
    (line,) = refusal("users: {u: {mfa_devices: [{}]}}")
    assert "users.u.mfa_devices[0].seed: is missing" in line


def test_a_seed_is_not_repeated_in_what_is_wrong_with_it(refusal: Refusal) -> None:
    (line,) = refusal(f"users: {{u: {{mfa_devices: [{{seed: {SEED}1}}]}}}}")
    assert SEED not in line
