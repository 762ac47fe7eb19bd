import json
from dataclasses import replace
from datetime import timedelta

import pytest

from imds_sim.iam.principals import (
    FederatedUserPrincipal,
    RoleSessionPrincipal,
    RootPrincipal,
    UserPrincipal,
)
from imds_sim.sts.constraints import ABSENT
from imds_sim.sts.errors import AccessDenied, InvalidClientTokenId
from imds_sim.sts.operations.get_access_key_info import GetAccessKeyInfoRequest
from imds_sim.sts.operations.get_federation_token import GetFederationTokenRequest
from imds_sim.sts.operations.get_session_token import GetSessionTokenRequest
from imds_sim.sts.signer import Signer
from tests.sts.scene import ACCOUNT, ALICE, BOB, BY_ALICE, BY_BOB, HOUR, WEB, Sts, granted

SECOND = timedelta(seconds=1)
ASK = GetFederationTokenRequest("fred")
ARN = f"arn:aws:sts::{ACCOUNT}:federated-user/fred"


@pytest.mark.parametrize(
    ("name", "good"),
    [
        ("ab", True),
        ("a" * 32, True),
        ("a", False),
        ("a" * 33, False),
        ("a b", False),
        (ABSENT, False),
    ],
)
def test_a_federated_user_has_a_name_of_2_to_32_characters(name: str, good: bool) -> None:
    assert (GetFederationTokenRequest(name).violations() == []) is good


@pytest.mark.parametrize(
    ("fields", "member"),
    [
        ({"duration": timedelta(seconds=899)}, "durationSeconds"),
        ({"duration": 36 * HOUR + SECOND}, "durationSeconds"),
        ({"policy": ""}, "policy"),
        ({"policy_arns": ("arn:aws:iam::aws:policy/X",) * 11}, "policyArns"),
        ({"tags": (("", ""),)}, "tags.1.member.key"),
        ({"minimum_session_token_size": 4097}, "minimumSessionTokenSize"),
    ],
)
def test_every_limit_is_kept(fields: dict[str, object], member: str) -> None:
    found = replace(ASK, **fields).violations()  # type: ignore[arg-type]
    assert found
    assert all(f"'{member}'" in each for each in found)


def test_a_user_vouches_for_a_name(sts: Sts) -> None:
    federated = sts.service.get_federation_token(BY_BOB, ASK)
    held = federated.credentials
    assert held.expires_at - held.issued_at == 12 * HOUR
    assert held.packed_size == 0
    assert federated.principal == FederatedUserPrincipal(BOB, ACCOUNT, "aws", "fred")
    identity = sts.service.get_caller_identity(sts.signer(held))
    assert (identity.arn, identity.user_id, identity.account) == (ARN, f"{ACCOUNT}:fred", ACCOUNT)


def test_root_may_and_gets_an_hour(sts: Sts) -> None:
    root = Signer(RootPrincipal(ACCOUNT, "aws"))
    held = sts.service.get_federation_token(root, replace(ASK, duration=36 * HOUR)).credentials
    assert held.expires_at - held.issued_at == HOUR
    assert sts.signer(held).principal == FederatedUserPrincipal(None, ACCOUNT, "aws", "fred")


def test_it_must_be_allowed(sts: Sts) -> None:
    with pytest.raises(AccessDenied) as denied:
        sts.service.get_federation_token(BY_ALICE, ASK)
    assert denied.value.message == (
        f"User: {ALICE.arn} is not authorized to perform: sts:GetFederationToken on resource: {ARN}"
    )


def test_tags_must_be_allowed_too(sts: Sts) -> None:
    user = replace(ALICE, policies=granted("sts:GetFederationToken"))
    sts.users = (user,)
    signer = Signer(UserPrincipal(user))
    sts.service.get_federation_token(signer, ASK)
    with pytest.raises(AccessDenied, match="perform: sts:TagSession on resource"):
        sts.service.get_federation_token(signer, replace(ASK, tags=(("A", "1"),)))


def test_a_policy_may_name_whom_a_user_may_vouch_for(sts: Sts) -> None:
    user = replace(ALICE, policies=granted("sts:GetFederationToken", Resource=ARN))
    signer = Signer(UserPrincipal(user))
    sts.service.get_federation_token(signer, ASK)
    with pytest.raises(AccessDenied):
        sts.service.get_federation_token(signer, replace(ASK, name="eve"))


def test_sessions_vouch_for_nobody(sts: Sts) -> None:
    own = sts.signer(sts.service.get_session_token(BY_BOB, GetSessionTokenRequest()))
    federated = sts.signer(sts.service.get_federation_token(BY_BOB, ASK).credentials)
    for signer in (own, federated, Signer(RoleSessionPrincipal(WEB, "s1"))):
        with pytest.raises(AccessDenied) as denied:
            sts.service.get_federation_token(signer, ASK)
        assert denied.value.message == "Cannot call GetFederationToken with session credentials"


def test_a_federated_user_may_only_ask_who_he_is(sts: Sts) -> None:
    policy = json.dumps(
        {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
    )
    request = replace(ASK, policy=policy, tags=(("A", "1"),))
    federated = sts.service.get_federation_token(BY_BOB, request)
    assert federated.credentials.packed_size >= 1
    signer = sts.signer(federated.credentials)
    with pytest.raises(AccessDenied) as denied:
        sts.service.get_access_key_info(signer, GetAccessKeyInfoRequest("A" * 20))
    assert denied.value.message == "Cannot call GetAccessKeyInfo with session credentials"


def test_a_federated_session_dies_with_its_user(sts: Sts) -> None:
    held = sts.service.get_federation_token(BY_BOB, ASK).credentials
    sts.users = (ALICE,)
    with pytest.raises(InvalidClientTokenId):
        sts.signer(held)
