import json

import pytest

from imds_sim.iam.directory import Directory
from imds_sim.iam.kinds import PolicyKind
from imds_sim.sts.contents import SessionContents
from imds_sim.sts.errors import MalformedPolicyDocument, PackedPolicyTooLarge, ValidationError
from imds_sim.sts.sealed_session import SealedSession, SessionKind
from imds_sim.sts.session_policies import (
    check_existence,
    check_policies,
    policies_of,
    policy_violations,
)
from tests.sts.scene import ACCOUNT, Sts, policy

MANAGED = f"arn:aws:iam::{ACCOUNT}:policy/team/reader"
OF_AWS = "arn:aws:iam::aws:policy/ReadOnlyAccess"
ALLOW_ALL = json.dumps(
    {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
)


def padded(length: int) -> str:
    return ALLOW_ALL + " " * (length - len(ALLOW_ALL))


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("x", True),
        (padded(2048), True),
        (padded(2049), False),
        ("", False),
        ("\x00", False),
        ("\xff", True),
        ("ł", False),
    ],
)
def test_an_inline_policy_has_1_to_2048_characters_of_latin_1(text: str, good: bool) -> None:
    assert (policy_violations(text, ()) == []) is good


@pytest.mark.parametrize(("count", "good"), [(0, True), (10, True), (11, False)])
def test_there_are_at_most_10_arns(count: int, good: bool) -> None:
    assert (policy_violations(None, [OF_AWS] * count) == []) is good


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"Version":"2012-10-17","Statement":[]}', "1"])
def test_a_text_that_is_no_policy_is_malformed(text: str) -> None:
    with pytest.raises(MalformedPolicyDocument) as refused:
        check_policies(text, (), ACCOUNT)
    assert refused.value.message


@pytest.mark.parametrize(
    ("arn", "good"),
    [
        (MANAGED, True),
        (OF_AWS, True),
        ("arn:aws:iam::444455556666:policy/reader", False),
        (f"arn:aws:iam::{ACCOUNT}:role/reader", False),
        ("arn:aws:s3:::policy/reader-of-things", False),
        ("x" * 20, False),
    ],
)
def test_an_arn_is_of_a_policy_of_the_account_or_of_aws(arn: str, good: bool) -> None:
    if good:
        check_policies(None, (arn,), ACCOUNT)
    else:
        with pytest.raises(ValidationError, match="is invalid"):
            check_policies(None, (arn,), ACCOUNT)


def test_inline_and_managed_policies_share_2048_characters() -> None:
    check_policies(padded(2048 - len(MANAGED)), (MANAGED,), ACCOUNT)
    with pytest.raises(PackedPolicyTooLarge, match="consumes 101%"):
        check_policies(padded(2049 - len(MANAGED)), (MANAGED,), ACCOUNT)


def test_a_customer_s_policy_must_exist_and_one_of_aws_need_not() -> None:
    directory = Directory.of([], managed_policies={MANAGED: policy(Action="s3:*")})
    check_existence((MANAGED, OF_AWS), directory)
    with pytest.raises(MalformedPolicyDocument, match="does not exist or is not attachable"):
        check_existence((MANAGED + "2",), directory)


def session_with(sts: Sts, contents: SessionContents, kind: SessionKind) -> SealedSession:
    now = sts.clock.now()
    arn = f"arn:aws:iam::{ACCOUNT}:root"
    return SealedSession("ASIA", arn, ACCOUNT, "n", now, now, kind, contents=contents)


def test_a_session_is_restricted_by_the_union_of_what_is_known(sts: Sts) -> None:
    managed = policy(PolicyKind.IDENTITY, Action="s3:*")
    directory = Directory.of([], managed_policies={MANAGED: managed})
    contents = SessionContents(ALLOW_ALL, (MANAGED, OF_AWS))
    found = policies_of(session_with(sts, contents, SessionKind.ROLE), directory)
    assert found is not None
    assert len(found.policies) == 2
    assert found.policies[1] is managed


def test_without_session_policies_only_a_root_task_is_restricted(sts: Sts) -> None:
    none = SessionContents(tags={"A": "1"})
    directory = Directory.of([])
    assert policies_of(session_with(sts, none, SessionKind.ROLE), directory) is None
    bare = policies_of(session_with(sts, none, SessionKind.ROOT_TASK), directory)
    assert bare is not None
    assert bare.policies == ()


def test_an_unknown_policy_of_aws_allows_nothing(sts: Sts) -> None:
    contents = SessionContents(policy_arns=(OF_AWS,))
    found = policies_of(session_with(sts, contents, SessionKind.ROLE), Directory.of([]))
    assert found is not None
    assert found.policies == ()
