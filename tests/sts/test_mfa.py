from datetime import timedelta

import pytest

from imds_sim.kernel.clock import ManualClock
from imds_sim.sts.errors import AccessDenied
from imds_sim.sts.mfa import UsedCodes, prove
from imds_sim.sts.totp import code, step_of
from tests.sts.scene import ALICE, BOB, SEED, SERIAL

WRONG = "MultiFactorAuthentication failed with invalid MFA one time pass code."
UNKNOWN = (
    "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial "
    "number is valid and associated with this user."
)
INCOMPLETE = (
    "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code."
)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


def shown(clock: ManualClock) -> str:
    return code(SEED, step_of(clock.wall()))


def test_who_does_not_ask_for_mfa_has_none(clock: ManualClock) -> None:
    assert prove(BOB, None, None, clock.wall(), UsedCodes()) is False


def test_a_code_works_once(clock: ManualClock) -> None:
    used, presented = UsedCodes(), shown(clock)
    assert prove(BOB, SERIAL, presented, clock.wall(), used)
    with pytest.raises(AccessDenied) as refused:
        prove(BOB, SERIAL, presented, clock.wall(), used)
    assert refused.value.message == WRONG
    clock.advance(timedelta(seconds=30))
    with pytest.raises(AccessDenied):
        prove(BOB, SERIAL, presented, clock.wall(), used)
    assert prove(BOB, SERIAL, shown(clock), clock.wall(), used)


@pytest.mark.parametrize(
    ("user", "serial", "presented", "message"),
    [
        pytest.param(BOB, SERIAL, "000000", WRONG, id="wrong code"),
        pytest.param(BOB, SERIAL + "2", None, UNKNOWN, id="unknown device"),
        pytest.param(ALICE, SERIAL, None, UNKNOWN, id="another user's device"),
        pytest.param(None, SERIAL, None, UNKNOWN, id="no user"),
    ],
)
def test_what_proves_nothing_is_denied(
    clock: ManualClock, user: object, serial: str, presented: str | None, message: str
) -> None:
    assert user in (BOB, ALICE, None)
    who = BOB if user is BOB else ALICE if user is ALICE else None
    with pytest.raises(AccessDenied) as refused:
        prove(who, serial, presented or shown(clock), clock.wall(), UsedCodes())
    assert refused.value.message == message


def test_serial_number_and_code_go_together(clock: ManualClock) -> None:
    for serial, presented in ((SERIAL, None), (None, shown(clock))):
        with pytest.raises(AccessDenied) as refused:
            prove(BOB, serial, presented, clock.wall(), UsedCodes())
        assert refused.value.message == INCOMPLETE


def test_used_codes_are_remembered_no_longer_than_they_could_be_used_again(
    clock: ManualClock,
) -> None:
    used = UsedCodes()
    for _ in range(100):
        prove(BOB, SERIAL, shown(clock), clock.wall(), used)
        clock.advance(timedelta(seconds=30))
    assert len(used._steps) <= 3
    assert SERIAL not in repr(used)
