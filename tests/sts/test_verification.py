from dataclasses import replace
from datetime import timedelta

import pytest

from imds_sim.sts.errors import ExpiredToken, InvalidClientTokenId
from imds_sim.sts.operations.assume_role import AssumeRoleRequest
from imds_sim.sts.operations.get_federation_token import GetFederationTokenRequest
from imds_sim.sts.operations.get_session_token import GetSessionTokenRequest
from tests.sts.scene import (
    ACCOUNT,
    ALICE,
    BOB,
    BY_BOB,
    DEPLOY,
    HOUR,
    INSTANCE,
    WEB,
    Sts,
    granted,
    trusting,
)


def test_a_role_session_is_told_with_all_that_restricts_it(sts: Sts) -> None:
    actions = ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]
    sts.changed(DEPLOY, trust=trusting(BOB.arn, Action=actions), policies=granted("s3:*"))
    request = AssumeRoleRequest(
        DEPLOY.arn,
        "s1",
        policy_arns=("arn:aws:iam::aws:policy/ReadOnlyAccess",),
        tags=(("A", "1"),),
        source_identity="bob",
    )
    held = sts.service.assume_role(BY_BOB, request).credentials
    found = sts.service.verify(held.access_key_id, held.session_token.reveal())
    assert found.arn == f"arn:aws:sts::{ACCOUNT}:assumed-role/deploy/s1"
    assert (found.account, found.user_id) == (ACCOUNT, f"{DEPLOY.unique_id}:s1")
    assert (found.kind, found.source_identity) == ("role", "bob")
    assert (found.issued_at, found.expires_at) == (held.issued_at, held.expires_at)
    assert found.contents.tags == {"A": "1"}
    assert found.contents.policy_arns == ("arn:aws:iam::aws:policy/ReadOnlyAccess",)
    assert [named.name for named in found.identity_policies] == ["granted"]
    assert held.secret_access_key.reveal() not in repr(found)


def test_what_the_delivery_bound_to_the_session_is_told(sts: Sts) -> None:
    held = sts.on_instance(ec2__RoleDelivery="2.0").credentials
    found = sts.service.verify(held.access_key_id, held.session_token.reveal())
    assert found.context == {"ec2:RoleDelivery": "2.0"}
    assert found.user_id == f"{WEB.unique_id}:{INSTANCE}"


def test_a_user_is_told_for_a_key_and_for_a_session_alike(sts: Sts) -> None:
    [key] = BOB.access_keys
    held = sts.service.get_session_token(BY_BOB, GetSessionTokenRequest())
    for key_id, token in ((key.id, None), (key.id, ""), (held.access_key_id, held.session_token)):
        text = token if token is None or isinstance(token, str) else token.reveal()
        found = sts.service.verify(key_id, text)
        assert (found.arn, found.kind) == (BOB.arn, "user")
        assert found.identity_policies == BOB.policies
    assert sts.service.verify(key.id, None).expires_at is None


def test_a_federated_user_is_told_with_the_policies_of_who_vouched(sts: Sts) -> None:
    held = sts.service.get_federation_token(BY_BOB, GetFederationTokenRequest("fred")).credentials
    found = sts.service.verify(held.access_key_id, held.session_token.reveal())
    assert (found.kind, found.user_id) == ("federated-user", f"{ACCOUNT}:fred")
    assert found.identity_policies == BOB.policies


def test_credentials_that_are_not_good_are_refused(sts: Sts) -> None:
    held = sts.on_instance(HOUR).credentials
    token = held.session_token.reveal()
    [key] = ALICE.access_keys
    for key_id, text in ((held.access_key_id, None), (key.id, token), ("AKIANOBODY", token)):
        with pytest.raises(InvalidClientTokenId):
            sts.service.verify(key_id, text)
    sts.clock.advance(HOUR - timedelta(seconds=1))
    sts.service.verify(held.access_key_id, token)
    sts.clock.advance(timedelta(seconds=1))
    with pytest.raises(ExpiredToken):
        sts.service.verify(held.access_key_id, token)
    sts.users = (replace(ALICE, access_keys=()),)
    with pytest.raises(InvalidClientTokenId):
        sts.service.verify(key.id, None)
