from imds_sim.iam.principals import UserPrincipal
from imds_sim.sts.operations.get_caller_identity import CallerIdentity
from imds_sim.sts.signer import Signer
from tests.sts.scene import ACCOUNT, ALICE


def test_a_user_is_known_by_arn_unique_id_and_account() -> None:
    assert CallerIdentity.of(Signer(UserPrincipal(ALICE))) == CallerIdentity(
        ALICE.arn, ALICE.unique_id, ACCOUNT
    )
