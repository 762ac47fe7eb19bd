from datetime import timedelta

import pytest

from imds_sim.sts import limits
from imds_sim.sts.errors import ValidationError
from imds_sim.sts.session_request import check_role_limit, token_size_violations
from tests.sts.scene import WEB


@pytest.mark.parametrize(
    ("minimum", "broken"),
    [
        (None, 0),
        (-1, 1),
        (0, 0),
        (limits.MAX_SESSION_TOKEN, 0),
        (limits.MAX_SESSION_TOKEN + 1, 1),
    ],
)
def test_a_session_token_may_be_asked_to_have_up_to_four_kilobytes(
    minimum: int | None, broken: int
) -> None:
    assert len(token_size_violations(minimum)) == broken


def test_a_session_lasts_as_long_as_its_role_allows_and_not_longer() -> None:
    check_role_limit(WEB, WEB.max_session_duration)
    with pytest.raises(ValidationError, match="MaxSessionDuration"):
        check_role_limit(WEB, WEB.max_session_duration + timedelta(seconds=1))
