from dataclasses import replace
from datetime import timedelta

import pytest

from imds_sim.iam.principals import RoleSessionPrincipal, RootPrincipal, UserPrincipal
from imds_sim.sts.errors import AccessDenied, InvalidClientTokenId, ValidationError
from imds_sim.sts.operations.get_session_token import GetSessionTokenRequest
from imds_sim.sts.sealed_session import SessionKind
from imds_sim.sts.signer import Signer
from imds_sim.sts.totp import code, step_of
from tests.sts.scene import (
    ACCOUNT,
    ALICE,
    BOB,
    BY_ALICE,
    BY_BOB,
    HOUR,
    SEED,
    SERIAL,
    WEB,
    Sts,
    granted,
)

SECOND = timedelta(seconds=1)
ROOT = Signer(RootPrincipal(ACCOUNT, "aws"))
ASK = GetSessionTokenRequest()


@pytest.mark.parametrize(
    ("duration", "good"),
    [
        (timedelta(seconds=899), False),
        (timedelta(seconds=900), True),
        (36 * HOUR, True),
        (36 * HOUR + SECOND, False),
    ],
)
def test_a_session_of_a_user_lasts_15_minutes_to_36_hours(
    sts: Sts, duration: timedelta, good: bool
) -> None:
    request = GetSessionTokenRequest(duration)
    if good:
        held = sts.service.get_session_token(BY_ALICE, request)
        assert held.expires_at - held.issued_at == duration
    else:
        with pytest.raises(ValidationError, match="durationSeconds"):
            sts.service.get_session_token(BY_ALICE, request)


def test_it_lasts_12_hours_unless_asked_otherwise(sts: Sts) -> None:
    held = sts.service.get_session_token(BY_ALICE, ASK)
    assert held.expires_at - held.issued_at == 12 * HOUR


@pytest.mark.parametrize("asked", [12 * HOUR, 36 * HOUR, timedelta(seconds=900)])
def test_root_gets_an_hour_at_most_without_a_word(sts: Sts, asked: timedelta) -> None:
    held = sts.service.get_session_token(ROOT, GetSessionTokenRequest(asked))
    assert held.expires_at - held.issued_at == min(asked, HOUR)
    assert sts.signer(held).principal == ROOT.principal


def test_no_permission_is_needed_and_no_policy_can_forbid_it(sts: Sts) -> None:
    forbidden = replace(ALICE, policies=granted("*", Effect="Deny"))
    sts.users = (forbidden,)
    held = sts.service.get_session_token(Signer(UserPrincipal(forbidden)), ASK)
    signer = sts.signer(held)
    assert signer.kind is SessionKind.USER
    assert sts.service.get_caller_identity(signer).arn == ALICE.arn


def test_sessions_get_no_sessions(sts: Sts) -> None:
    own = sts.signer(sts.service.get_session_token(BY_ALICE, ASK))
    for signer in (own, Signer(RoleSessionPrincipal(WEB, "s1"))):
        with pytest.raises(AccessDenied) as denied:
            sts.service.get_session_token(signer, ASK)
        assert denied.value.message == "Cannot call GetSessionToken with session credentials"


def test_mfa_stays_in_the_session(sts: Sts) -> None:
    shown = code(SEED, step_of(sts.clock.wall()))
    request = GetSessionTokenRequest(serial_number=SERIAL, token_code=shown)
    signer = sts.signer(sts.service.get_session_token(BY_BOB, request))
    assert signer.session is not None
    assert signer.session.mfa_at == sts.clock.now()
    with pytest.raises(AccessDenied, match="invalid MFA one time pass code"):
        sts.service.get_session_token(BY_BOB, request)


def test_a_session_dies_with_its_user(sts: Sts) -> None:
    held = sts.service.get_session_token(BY_BOB, ASK)
    sts.users = (ALICE, replace(BOB, unique_id="AIDARECREATED34567234"))
    with pytest.raises(InvalidClientTokenId):
        sts.signer(held)
