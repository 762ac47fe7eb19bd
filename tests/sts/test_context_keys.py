from datetime import timedelta

import pytest

from imds_sim.iam.accounts import Account
from imds_sim.iam.directory import Directory
from imds_sim.iam.principals import (
    AnonymousPrincipal,
    FederatedUserPrincipal,
    Principal,
    RoleSessionPrincipal,
    RootPrincipal,
    UserPrincipal,
)
from imds_sim.sts import context_keys
from imds_sim.sts.operations.assume_role import AssumeRoleRequest
from imds_sim.sts.operations.get_session_token import GetSessionTokenRequest
from imds_sim.sts.signer import Signer
from imds_sim.sts.totp import code, step_of
from tests.sts.scene import (
    ACCOUNT,
    ALICE,
    BOB,
    BY_ALICE,
    BY_BOB,
    DEPLOY,
    EC2,
    SEED,
    SERIAL,
    WEB,
    Sts,
    trusting,
)

ORGANIZATION = Account(ACCOUNT, "o-exampleorgid", "o-exampleorgid/r-ab12/ou-ab12-11111111/")


def test_what_is_known_of_any_call(sts: Sts) -> None:
    given = {"aws:SourceIp": "127.0.0.1", "aws:RequestedRegion": "forged"}
    assert context_keys.of_call(given, sts.clock.now(), "eu-west-1") == {
        "aws:SecureTransport": "true",
        "aws:ViaAWSService": "false",
        "aws:SourceIp": "127.0.0.1",
        "aws:CurrentTime": "2026-01-02T03:04:05Z",
        "aws:EpochTime": "1767323045",
        "aws:RequestedRegion": "eu-west-1",
    }


@pytest.mark.parametrize(
    ("principal", "arn", "kind", "user_id", "name"),
    [
        (UserPrincipal(ALICE), ALICE.arn, "User", ALICE.unique_id, "alice"),
        (
            RoleSessionPrincipal(DEPLOY, "s1"),
            f"arn:aws:iam::{ACCOUNT}:role/team/deploy",
            "AssumedRole",
            f"{DEPLOY.unique_id}:s1",
            None,
        ),
        (
            FederatedUserPrincipal(ALICE, ACCOUNT, "aws", "fred"),
            f"arn:aws:sts::{ACCOUNT}:federated-user/fred",
            "FederatedUser",
            f"{ACCOUNT}:fred",
            None,
        ),
        (
            RootPrincipal(ACCOUNT, "aws"),
            f"arn:aws:iam::{ACCOUNT}:root",
            "Account",
            ACCOUNT,
            None,
        ),
    ],
)
def test_the_principal_table_of_the_user_guide(
    principal: Principal, arn: str, kind: str, user_id: str, name: str | None
) -> None:
    keys = context_keys.of_principal(principal)
    assert keys.pop("aws:username", None) == name
    assert keys == {
        "aws:PrincipalIsAWSService": "false",
        "aws:PrincipalAccount": ACCOUNT,
        "aws:PrincipalArn": arn,
        "aws:PrincipalType": kind,
        "aws:userid": user_id,
    }


def test_a_service_has_a_name_and_no_account_and_nobody_has_neither() -> None:
    assert context_keys.of_principal(EC2) == {
        "aws:PrincipalIsAWSService": "true",
        "aws:PrincipalServiceName": "ec2.amazonaws.com",
        "aws:PrincipalServiceNamesList": ("ec2.amazonaws.com",),
    }
    assert context_keys.of_principal(AnonymousPrincipal()) == {
        "aws:PrincipalType": "Anonymous",
        "aws:userid": "anonymous",
    }


def test_long_term_keys_say_nothing_of_mfa_and_issue_time(sts: Sts) -> None:
    keys = context_keys.of_caller(BY_ALICE, Directory.of([]), sts.clock.now())
    assert "aws:MultiFactorAuthPresent" not in keys
    assert "aws:TokenIssueTime" not in keys


def test_a_session_without_mfa_says_so(sts: Sts) -> None:
    held = sts.service.get_session_token(BY_BOB, GetSessionTokenRequest())
    keys = context_keys.of_caller(sts.signer(held), Directory.of([]), sts.clock.now())
    assert keys["aws:MultiFactorAuthPresent"] == "false"
    assert "aws:MultiFactorAuthAge" not in keys
    assert keys["aws:TokenIssueTime"] == "2026-01-02T03:04:05Z"
    assert keys["aws:username"] == "bob"


def test_a_session_with_mfa_grows_older(sts: Sts) -> None:
    shown = code(SEED, step_of(sts.clock.wall()))
    request = GetSessionTokenRequest(serial_number=SERIAL, token_code=shown)
    signer = sts.signer(sts.service.get_session_token(BY_BOB, request))
    sts.clock.advance(timedelta(seconds=301, milliseconds=900))
    keys = context_keys.of_caller(signer, Directory.of([]), sts.clock.now())
    assert keys["aws:MultiFactorAuthPresent"] == "true"
    assert keys["aws:MultiFactorAuthAge"] == "301"


def test_session_tags_win_over_the_tags_of_the_role_in_any_case(sts: Sts) -> None:
    trust = trusting(BOB.arn, Action=["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"])
    sts.changed(DEPLOY, trust=trust, tags={"team": "blue", "Own": "1"})
    request = AssumeRoleRequest(DEPLOY.arn, "s1", tags=(("Team", "green"),), source_identity="bob")
    signer = sts.signer(sts.service.assume_role(BY_BOB, request).credentials)
    keys = context_keys.of_caller(signer, Directory.of([]), sts.clock.now())
    tags = {key: value for key, value in keys.items() if key.startswith("aws:PrincipalTag/")}
    assert tags == {"aws:PrincipalTag/Own": "1", "aws:PrincipalTag/Team": "green"}
    assert keys["aws:SourceIdentity"] == "bob"
    assert "sts:RoleSessionName" not in keys


def test_tags_of_a_user_are_principal_tags(sts: Sts) -> None:
    keys = context_keys.of_caller(BY_BOB, Directory.of([]), sts.clock.now())
    assert keys["aws:PrincipalTag/Team"] == "red"


def test_an_organization_is_known_of_caller_and_role(sts: Sts) -> None:
    directory = Directory.of([WEB], [ALICE], accounts=[ORGANIZATION])
    keys = context_keys.of_caller(BY_ALICE, directory, sts.clock.now())
    assert keys["aws:PrincipalOrgID"] == "o-exampleorgid"
    assert keys["aws:PrincipalOrgPaths"] == (ORGANIZATION.organization_path,)
    keys = context_keys.of_role(WEB, directory, {})
    assert keys["aws:ResourceOrgID"] == "o-exampleorgid"
    assert keys["aws:ResourceOrgPaths"] == (ORGANIZATION.organization_path,)


def test_passed_tags_are_keys_of_the_request_and_a_list_even_if_there_is_one() -> None:
    assert context_keys.of_tags([]) == {}
    assert context_keys.of_tags([("A", "1")], ["A"]) == {
        "aws:RequestTag/A": "1",
        "aws:TagKeys": ("A",),
        "sts:TransitiveTagKeys": ("A",),
    }


def test_an_inherited_tag_stands_before_the_tag_of_the_role() -> None:
    role = DEPLOY.__class__(
        "aws", ACCOUNT, "r", "AROAR", DEPLOY.trust, tags={"Team": "blue", "Own": "1"}
    )
    assert context_keys.of_role(role, Directory.of([]), {"TEAM": "red", "New": "2"}) == {
        "aws:ResourceAccount": ACCOUNT,
        "aws:ResourceTag/Team": "red",
        "iam:ResourceTag/Team": "red",
        "aws:ResourceTag/Own": "1",
        "iam:ResourceTag/Own": "1",
    }


def test_a_signer_of_alice_is_no_session() -> None:
    assert Signer(UserPrincipal(ALICE)).kind is None
