from imds_sim.iam.principals import UserPrincipal
from imds_sim.sts.operations.get_caller_identity import CallerIdentity
from tests.sts.scene import ACCOUNT, ALICE


def test_a_user_is_known_by_arn_unique_id_and_account() -> None:
    assert CallerIdentity.of(UserPrincipal(ALICE)) == CallerIdentity(
        ALICE.arn, ALICE.unique_id, ACCOUNT
    )
