"""Every operation from form to document."""

import json
import re
from urllib.parse import quote

import pytest

from imds_sim.iam.accounts import Account
from imds_sim.iam.authorize import Call, authorize
from imds_sim.sts.query_api.table import OPERATIONS
from tests.sts.scene import (
    ACCOUNT,
    BOB,
    BY_ALICE,
    DEPLOY,
    Sts,
    answer,
    code_of,
    form,
    message_of,
    post,
    signed,
    trusting,
)

MEMBER = "444455556666"
TASK = "arn:aws:iam::aws:policy/root-task/S3UnlockBucketPolicy"
POLICY = quote(
    '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}'
)


@pytest.fixture
def sts() -> Sts:
    sts = Sts(accounts=(Account(ACCOUNT, "o-one"), Account(MEMBER, "o-one")))
    actions = ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]
    sts.changed(DEPLOY, trust=trusting(BOB.arn, Action=actions))
    return sts


def asked(sts: Sts, action: str, **parameters: str) -> str:
    """The document of a call by bob, with ids and secrets replaced by their names."""
    fields = {name.replace("__", "."): value for name, value in parameters.items()}
    response = answer(sts, signed(sts, post(form(action, **fields)), BOB))
    text = response.body.decode()
    for name in ("AccessKeyId", "SecretAccessKey", "SessionToken", "RequestId"):
        text = re.sub(rf"<{name}>[^<]+<", f"<{name}>{name}<", text)
    return re.sub(r"\n *", "", text)


def result_of(action: str, result: str) -> str:
    return (
        f'<{action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/">'
        f"<{action}Result>{result}</{action}Result><ResponseMetadata>"
        f"<RequestId>RequestId</RequestId></ResponseMetadata></{action}Response>"
    )


def credentials(expiration: str) -> str:
    return (
        "<Credentials><AccessKeyId>AccessKeyId</AccessKeyId>"
        "<SecretAccessKey>SecretAccessKey</SecretAccessKey>"
        "<SessionToken>SessionToken</SessionToken>"
        f"<Expiration>{expiration}</Expiration></Credentials>"
    )


def test_assume_role_with_everything(sts: Sts) -> None:
    document = asked(
        sts,
        "AssumeRole",
        RoleArn=DEPLOY.arn,
        RoleSessionName="s1",
        Policy=POLICY,
        PolicyArns__member__1__arn="arn:aws:iam::aws:policy/ReadOnlyAccess",
        Tags__member__1__Key="a",
        Tags__member__1__Value="b+c",
        TransitiveTagKeys__member__1="a",
        SourceIdentity="bob",
        ExternalId="12",
        MinimumSessionTokenSize="1024",
        DurationSeconds="900",
    )
    packed = re.search("<PackedPolicySize>([0-9]+)<", document)
    assert packed is not None
    user = (
        f"<AssumedRoleUser><AssumedRoleId>{DEPLOY.unique_id}:s1</AssumedRoleId>"
        f"<Arn>arn:aws:sts::{ACCOUNT}:assumed-role/deploy/s1</Arn></AssumedRoleUser>"
    )
    assert document == result_of(
        "AssumeRole",
        f"{user}{credentials('2026-01-02T03:19:05Z')}<PackedPolicySize>{packed[1]}"
        "</PackedPolicySize><SessionTokenSize>1024</SessionTokenSize>"
        "<SessionTokenUtilization>25</SessionTokenUtilization>"
        "<SourceIdentity>bob</SourceIdentity>",
    )


def test_get_session_token(sts: Sts) -> None:
    assert asked(sts, "GetSessionToken") == result_of(
        "GetSessionToken", credentials("2026-01-02T15:04:05Z")
    )


def test_get_federation_token_tells_that_nothing_was_packed(sts: Sts) -> None:
    assert asked(sts, "GetFederationToken", Name="fred") == result_of(
        "GetFederationToken",
        credentials("2026-01-02T15:04:05Z") + "<FederatedUser>"
        f"<FederatedUserId>{ACCOUNT}:fred</FederatedUserId>"
        f"<Arn>arn:aws:sts::{ACCOUNT}:federated-user/fred</Arn></FederatedUser>"
        "<PackedPolicySize>0</PackedPolicySize>",
    )


def test_assume_root(sts: Sts) -> None:
    document = asked(sts, "AssumeRoot", TargetPrincipal=MEMBER, TaskPolicyArn__arn=TASK)
    assert document == result_of("AssumeRoot", credentials("2026-01-02T03:19:05Z"))


def test_get_access_key_info(sts: Sts) -> None:
    assert asked(sts, "GetAccessKeyInfo", AccessKeyId="ASIAY34FZKBOKMUTVV7A") == (
        result_of("GetAccessKeyInfo", "<Account>609629065308</Account>").replace(
            "<AccessKeyId>AccessKeyId", "<AccessKeyId>"
        )
    )


def test_decode_authorization_message(sts: Sts) -> None:
    decision = authorize(sts.service.directory, Call(BY_ALICE.principal, "ec2:RunInstances", "*"))
    message = sts.service.encode_authorization_message(decision, BY_ALICE)
    document = asked(sts, "DecodeAuthorizationMessage", EncodedMessage=message)
    text = re.search("<DecodedMessage>(.*)</DecodedMessage>", document)
    assert text is not None
    assert json.loads(text[1])["context"]["action"] == "ec2:RunInstances"


def test_get_delegated_access_token(sts: Sts) -> None:
    response = answer(sts, signed(sts, post(form("GetDelegatedAccessToken", TradeInToken="x"))))
    assert (response.status, code_of(response)) == (400, "ExpiredTradeInTokenException")


@pytest.mark.parametrize(
    ("action", "members"),
    [
        ("AssumeRole", ["roleArn", "roleSessionName"]),
        ("AssumeRoot", ["targetPrincipal", "taskPolicyArn"]),
        ("DecodeAuthorizationMessage", ["encodedMessage"]),
        ("GetAccessKeyInfo", ["accessKeyId"]),
        ("GetDelegatedAccessToken", ["tradeInToken"]),
        ("GetFederationToken", ["name"]),
        ("GetSessionToken", []),
        ("GetCallerIdentity", []),
    ],
)
def test_what_is_required_and_missing_is_null(sts: Sts, action: str, members: list[str]) -> None:
    response = answer(sts, signed(sts, post(form(action)), BOB))
    if members:
        assert message_of(response) == (
            f"{len(members)} validation error{'s' if len(members) > 1 else ''} detected: "
            + "; ".join(
                f"Value null at '{member}' failed to satisfy constraint: Member must not be null"
                for member in members
            )
        )
    else:
        assert response.status == 200


def test_a_tag_without_key_or_value_is_told_by_its_number(sts: Sts) -> None:
    response = answer(
        sts,
        signed(
            sts,
            post(
                form(
                    "GetFederationToken",
                    Name="fred",
                    **{"Tags.member.7.Key": "a", "Tags.member.3.Value": "b"},
                )
            ),
            BOB,
        ),
    )
    assert message_of(response) == (
        "2 validation errors detected: Value null at 'tags.1.member.key' failed to satisfy "
        "constraint: Member must not be null; Value null at 'tags.2.member.value' failed to "
        "satisfy constraint: Member must not be null"
    )


@pytest.mark.parametrize("action", sorted(OPERATIONS))
def test_an_empty_number_is_missing(sts: Sts, action: str) -> None:
    response = answer(sts, signed(sts, post(form(action, MinimumSessionTokenSize="")), BOB))
    if action in ("AssumeRole", "AssumeRoot", "GetFederationToken", "GetSessionToken"):
        assert code_of(response) == "MalformedInput"
        assert message_of(response) == "missing value for decimal type"
    else:
        assert code_of(response) != "MalformedInput"


@pytest.mark.parametrize("action", ["GetServiceBearerToken", "Nothing"])
def test_what_does_not_exist_yet_is_no_operation(sts: Sts, action: str) -> None:
    response = answer(sts, signed(sts, post(form(action)), BOB))
    assert (response.status, code_of(response)) == (400, "InvalidAction")
