from dataclasses import replace
from datetime import timedelta

import pytest

from imds_sim.iam.accounts import Account
from imds_sim.iam.principals import RootPrincipal
from imds_sim.sts.constraints import ABSENT
from imds_sim.sts.errors import AccessDenied, ValidationError
from imds_sim.sts.operations.assume_root import TASKS, AssumeRootRequest
from imds_sim.sts.operations.get_access_key_info import GetAccessKeyInfoRequest
from imds_sim.sts.operations.get_session_token import GetSessionTokenRequest
from imds_sim.sts.signer import Signer
from tests.sts.scene import ACCOUNT, ALICE, BY_ALICE, BY_BOB, Sts

MEMBER, STRANGER = "444455556666", "777788889999"
TASK = "arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials"
ASK = AssumeRootRequest(MEMBER, TASK)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def organized(sts: Sts) -> Sts:
    sts.accounts = (
        Account(ACCOUNT, "o-one"),
        Account(MEMBER, "o-one"),
        Account(STRANGER, "o-two"),
        Account("999900001111"),
    )
    return sts


@pytest.mark.parametrize(
    ("request_", "member"),
    [
        (AssumeRootRequest("1" * 12, TASK), None),
        (AssumeRootRequest("1" * 2048, TASK), None),
        (AssumeRootRequest("1" * 11, TASK), "targetPrincipal"),
        (AssumeRootRequest("1" * 2049, TASK), "targetPrincipal"),
        (AssumeRootRequest(ABSENT, TASK), "targetPrincipal"),
        (AssumeRootRequest(MEMBER, "x" * 19), "taskPolicyArn.arn"),
        (AssumeRootRequest(MEMBER, ABSENT), "taskPolicyArn"),
        (replace(ASK, duration=timedelta(0)), None),
        (replace(ASK, duration=15 * MINUTE), None),
        (replace(ASK, duration=timedelta(seconds=-1)), "durationSeconds"),
        (replace(ASK, duration=timedelta(seconds=901)), "durationSeconds"),
        (replace(ASK, minimum_session_token_size=-1), "minimumSessionTokenSize"),
    ],
)
def test_every_limit_has_two_sides(request_: AssumeRootRequest, member: str | None) -> None:
    found = request_.violations()
    assert (found == []) is (member is None)
    assert all(f"'{member}'" in each for each in found)


@pytest.mark.parametrize("task", sorted(TASKS))
@pytest.mark.parametrize("target", [MEMBER, f"arn:aws:iam::{MEMBER}:root"])
def test_another_account_of_the_organization_becomes_root_for_a_task(
    organized: Sts, task: str, target: str
) -> None:
    request = AssumeRootRequest(target, f"arn:aws:iam::aws:policy/root-task/{task}")
    assumed = organized.service.assume_root(BY_BOB, request)
    assert assumed.credentials.expires_at - assumed.credentials.issued_at == 15 * MINUTE
    assert assumed.principal == RootPrincipal(MEMBER, "aws")
    signer = organized.signer(assumed.credentials)
    identity = organized.service.get_caller_identity(signer)
    assert identity.arn == f"arn:aws:sts::{MEMBER}:assumed-root"
    assert (identity.user_id, identity.account) == (MEMBER, MEMBER)


@pytest.mark.parametrize("target", [ACCOUNT, STRANGER, "999900001111", "000000000000"])
def test_no_account_beyond_the_organization_can_be_reached(organized: Sts, target: str) -> None:
    with pytest.raises(AccessDenied) as denied:
        organized.service.assume_root(BY_BOB, replace(ASK, target_principal=target))
    assert (denied.value.message or "").endswith(
        f"is not authorized to perform: sts:AssumeRoot on resource: arn:aws:iam::{target}:root"
    )


def test_it_must_be_allowed(organized: Sts) -> None:
    with pytest.raises(AccessDenied) as denied:
        organized.service.assume_root(BY_ALICE, ASK)
    assert (denied.value.message or "").startswith(f"User: {ALICE.arn} is not authorized")


@pytest.mark.parametrize(
    "request_",
    [
        replace(ASK, target_principal="x" * 12),
        replace(ASK, target_principal="arn:aws:iam::444455556666:user/eve"),
        replace(ASK, target_principal="arn:aws:iam::4:root"),
        replace(ASK, task_policy_arn="arn:aws:iam::aws:policy/AdministratorAccess"),
        replace(ASK, task_policy_arn="arn:aws:iam::aws:policy/root-task/Everything"),
        replace(ASK, task_policy_arn="arn:aws-cn:iam::aws:policy/root-task/S3UnlockBucketPolicy"),
    ],
)
def test_a_target_or_a_task_that_does_not_exist_is_invalid(
    organized: Sts, request_: AssumeRootRequest
) -> None:
    with pytest.raises(ValidationError, match="is invalid"):
        organized.service.assume_root(BY_BOB, request_)


def test_root_and_sessions_of_users_may_not(organized: Sts) -> None:
    session = organized.service.get_session_token(BY_BOB, GetSessionTokenRequest())
    for signer in (Signer(RootPrincipal(ACCOUNT, "aws")), organized.signer(session)):
        with pytest.raises(AccessDenied, match="perform: sts:AssumeRoot on resource"):
            organized.service.assume_root(signer, ASK)


def test_the_session_does_its_task_and_nothing_in_sts(organized: Sts) -> None:
    signer = organized.signer(organized.service.assume_root(BY_BOB, ASK).credentials)
    with pytest.raises(AccessDenied, match="Cannot call GetAccessKeyInfo with session"):
        organized.service.get_access_key_info(signer, GetAccessKeyInfoRequest("A" * 20))
