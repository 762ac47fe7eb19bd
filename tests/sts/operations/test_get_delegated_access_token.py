import pytest

from imds_sim.sts.constraints import ABSENT
from imds_sim.sts.errors import AccessDenied, ExpiredTradeInToken, ValidationError
from imds_sim.sts.operations.get_delegated_access_token import GetDelegatedAccessTokenRequest
from imds_sim.sts.operations.get_session_token import GetSessionTokenRequest
from tests.sts.scene import BY_ALICE, BY_BOB, Sts


@pytest.mark.parametrize("token", ["", "x", "x" * 100_000, "é\n"])
def test_no_trade_in_token_was_ever_issued_here(sts: Sts, token: str) -> None:
    with pytest.raises(ExpiredTradeInToken) as refused:
        sts.service.get_delegated_access_token(BY_ALICE, GetDelegatedAccessTokenRequest(token))
    assert refused.value.code == "ExpiredTradeInTokenException"


def test_there_must_be_one(sts: Sts) -> None:
    with pytest.raises(ValidationError, match="null at 'tradeInToken'"):
        sts.service.get_delegated_access_token(BY_ALICE, GetDelegatedAccessTokenRequest(ABSENT))


def test_a_session_of_a_user_may_not_ask(sts: Sts) -> None:
    signer = sts.signer(sts.service.get_session_token(BY_BOB, GetSessionTokenRequest()))
    with pytest.raises(AccessDenied):
        sts.service.get_delegated_access_token(signer, GetDelegatedAccessTokenRequest("x"))
