from dataclasses import replace

import pytest

from imds_sim.iam.principals import RoleSessionPrincipal, UserPrincipal
from imds_sim.sts.constraints import ABSENT
from imds_sim.sts.errors import AccessDenied, ValidationError
from imds_sim.sts.operations.get_access_key_info import GetAccessKeyInfoRequest
from imds_sim.sts.operations.get_session_token import GetSessionTokenRequest
from imds_sim.sts.signer import Signer
from tests.sts.scene import ACCOUNT, ALICE, BY_ALICE, BY_BOB, DEPLOY, Sts, granted


def ask(sts: Sts, key_id: str, signer: Signer = BY_BOB) -> str:
    return sts.service.get_access_key_info(signer, GetAccessKeyInfoRequest(key_id))


@pytest.mark.parametrize(
    ("key_id", "good"),
    [
        ("a" * 16, True),
        ("A_9" * 42, True),
        ("a" * 15, False),
        ("a" * 129, False),
        ("a" * 15 + "-", False),
        (ABSENT, False),
    ],
)
def test_a_key_id_has_16_to_128_letters_and_digits(key_id: str, good: bool) -> None:
    assert (GetAccessKeyInfoRequest(key_id).violations() == []) is good


@pytest.mark.parametrize(
    ("key_id", "account"),
    [
        pytest.param("ASIAQNZGKIQY56JQ7WML", "029608264753", id="recorded"),
        pytest.param("ASIAY34FZKBOKMUTVV7A", "609629065308", id="recorded too"),
        pytest.param(ALICE.access_keys[0].id, ACCOUNT, id="known, whatever it carries"),
    ],
)
def test_the_account_is_known_or_read_from_the_key(sts: Sts, key_id: str, account: str) -> None:
    assert ask(sts, key_id) == account


def test_keys_that_were_issued_here_carry_their_account(sts: Sts) -> None:
    assert ask(sts, sts.on_instance().credentials.access_key_id) == ACCOUNT


@pytest.mark.parametrize(
    "key_id",
    ["AKIAIOSFODNN7EXAMPLE", "asiaqnzgkiqy56jq7wml", "ASIAQNZGKIQY56JQ7WMLA", "A" * 16],
)
def test_a_key_that_carries_no_account_is_unknown(sts: Sts, key_id: str) -> None:
    with pytest.raises(ValidationError):
        ask(sts, key_id)


def test_it_must_be_allowed_and_the_denial_names_no_resource(sts: Sts) -> None:
    with pytest.raises(AccessDenied) as denied:
        ask(sts, "ASIAQNZGKIQY56JQ7WML", BY_ALICE)
    assert denied.value.message == (
        f"User: {ALICE.arn} is not authorized to perform: sts:GetAccessKeyInfo because no "
        "identity-based policy allows the sts:GetAccessKeyInfo action"
    )
    forbidden = replace(ALICE, policies=granted("sts:*", Effect="Deny"))
    with pytest.raises(AccessDenied) as denied:
        ask(sts, "ASIAQNZGKIQY56JQ7WML", Signer(UserPrincipal(forbidden)))
    assert (denied.value.message or "").endswith(
        "sts:GetAccessKeyInfo with an explicit deny in an identity-based policy"
    )


def test_a_role_session_may_and_a_session_of_a_user_may_not(sts: Sts) -> None:
    role = replace(DEPLOY, policies=granted("sts:GetAccessKeyInfo"))
    signer = Signer(RoleSessionPrincipal(role, "s1"))
    assert ask(sts, "ASIAQNZGKIQY56JQ7WML", signer) == "029608264753"
    held = sts.service.get_session_token(BY_BOB, GetSessionTokenRequest())
    with pytest.raises(AccessDenied, match="Cannot call GetAccessKeyInfo with session"):
        ask(sts, "ASIAQNZGKIQY56JQ7WML", sts.signer(held))
