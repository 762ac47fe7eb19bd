import json
from dataclasses import replace
from datetime import timedelta

import pytest

from imds_sim.iam.entities import Role
from imds_sim.iam.principals import FederatedUserPrincipal, RootPrincipal, UserPrincipal
from imds_sim.sts.constraints import ABSENT
from imds_sim.sts.errors import (
    AccessDenied,
    ExpiredContextAssertion,
    InvalidParameterValue,
    MalformedPolicyDocument,
    PackedPolicyTooLarge,
    ValidationError,
)
from imds_sim.sts.limits import ARN_PATTERN
from imds_sim.sts.operations.assume_role import AssumeRoleRequest, ProvidedContext
from imds_sim.sts.operations.get_session_token import GetSessionTokenRequest
from imds_sim.sts.signer import Signer
from imds_sim.sts.totp import code, step_of
from tests.sts.scene import (
    ACCOUNT,
    BOB,
    BY_ALICE,
    BY_BOB,
    DEPLOY,
    HOUR,
    SEED,
    SERIAL,
    Sts,
    granted,
    trusting,
)

ARN = "arn:aws:iam::111122223333:role/web"
EVERYTHING = ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity", "sts:SetContext"]
ALLOW_ALL = json.dumps(
    {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
)
TARGET = Role("aws", ACCOUNT, "target", "AROATARGET23456723456", trusting(DEPLOY.arn))
ASK = AssumeRoleRequest(DEPLOY.arn, "s1")


def broken(**fields: object) -> list[str]:
    """The violated constraints, each as member and constraint."""
    given = {"role_arn": ARN, "role_session_name": "ab", **fields}
    return [
        f"{each.split(chr(39))[-2] if 'null at' in each else each.rsplit(chr(39), 2)[1]}: "
        f"{each.partition('constraint: Member must ')[2]}"
        for each in AssumeRoleRequest(**given).violations()  # type: ignore[arg-type]
    ]


PATTERN_OF_NAME = r"satisfy regular expression pattern: [\w+=,.@-]*"
PATTERN_OF_ID = r"satisfy regular expression pattern: [\w+=,.@:\/-]*"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("ab", []),
        ("a" * 64, []),
        ("Aa0_+=,.@-", []),
        ("a", ["roleSessionName: have length greater than or equal to 2"]),
        ("", ["roleSessionName: have length greater than or equal to 2"]),
        ("a" * 65, ["roleSessionName: have length less than or equal to 64"]),
        ("a b", [f"roleSessionName: {PATTERN_OF_NAME}"]),
        ("aé", [f"roleSessionName: {PATTERN_OF_NAME}"]),
        ("ab\n", [f"roleSessionName: {PATTERN_OF_NAME}"]),
        (ABSENT, ["roleSessionName: not be null"]),
    ],
)
def test_a_role_session_name_has_2_to_64_characters_of_a_few(
    name: str, expected: list[str]
) -> None:
    assert broken(role_session_name=name) == expected


@pytest.mark.parametrize(
    ("role_arn", "expected"),
    [
        ("a" * 20, []),
        ("a" * 2048, []),
        ("é" * 20, []),
        ("a" * 19, ["roleArn: have length greater than or equal to 20"]),
        ("a" * 2049, ["roleArn: have length less than or equal to 2048"]),
        (
            "",
            [
                f"roleArn: satisfy regular expression pattern: {ARN_PATTERN}",
                "roleArn: have length greater than or equal to 20",
            ],
        ),
        (
            "\U0001f600" * 20,
            [f"roleArn: satisfy regular expression pattern: {ARN_PATTERN}"],
        ),
        (ABSENT, ["roleArn: not be null"]),
    ],
)
def test_a_role_arn_has_20_to_2048_characters_of_the_basic_plane(
    role_arn: str, expected: list[str]
) -> None:
    assert broken(role_arn=role_arn) == expected


@pytest.mark.parametrize(
    ("external_id", "expected"),
    [
        (None, []),
        ("ab", []),
        ("a:/b" * 306, []),
        ("", ["externalId: have length greater than or equal to 2"]),
        ("a" * 1225, ["externalId: have length less than or equal to 1224"]),
        ("a b", [f"externalId: {PATTERN_OF_ID}"]),
    ],
)
def test_an_external_id_has_2_to_1224_characters_of_a_few(
    external_id: str | None, expected: list[str]
) -> None:
    assert broken(external_id=external_id) == expected


@pytest.mark.parametrize(
    ("fields", "member"),
    [
        ({"source_identity": "ab"}, None),
        ({"source_identity": "a" * 256}, None),
        ({"source_identity": "a"}, "sourceIdentity"),
        ({"source_identity": "a" * 257}, "sourceIdentity"),
        ({"source_identity": "aws:alice"}, "sourceIdentity"),
        ({"serial_number": "GAHT12345"}, None),
        ({"serial_number": "a" * 256}, None),
        ({"serial_number": "a" * 8}, "serialNumber"),
        ({"serial_number": "a" * 257}, "serialNumber"),
        ({"serial_number": "a b c d e f"}, "serialNumber"),
        ({"token_code": "123456"}, None),
        ({"token_code": "12345"}, "tokenCode"),
        ({"token_code": "1234567"}, "tokenCode"),
        ({"token_code": "12345a"}, "tokenCode"),
        ({"token_code": "١٢٣٤٥٦"}, "tokenCode"),
        ({"minimum_session_token_size": 0}, None),
        ({"minimum_session_token_size": 4096}, None),
        ({"minimum_session_token_size": -1}, "minimumSessionTokenSize"),
        ({"minimum_session_token_size": 4097}, "minimumSessionTokenSize"),
        ({"policy": ""}, "policy"),
        ({"policy_arns": ("x",)}, "policyArns.1.member.arn"),
        ({"transitive_tag_keys": ("k", "k" * 129)}, "transitiveTagKeys.2.member"),
        ({"provided_contexts": (ProvidedContext(ARN, "abcd"),) * 5}, None),
        ({"provided_contexts": (ProvidedContext(ARN, "abcd"),) * 6}, "providedContexts"),
        (
            {"provided_contexts": (ProvidedContext(ARN, "abc"),)},
            "providedContexts.1.member.contextAssertion",
        ),
        ({"provided_contexts": (ProvidedContext(ARN, "a" * 2048),)}, None),
        (
            {"provided_contexts": (ProvidedContext(ARN, "a" * 2049),)},
            "providedContexts.1.member.contextAssertion",
        ),
        (
            {"provided_contexts": (ProvidedContext("x", "abcd"),)},
            "providedContexts.1.member.providerArn",
        ),
    ],
)
def test_every_limit_has_two_sides(fields: dict[str, object], member: str | None) -> None:
    found = broken(**fields)
    assert {each.partition(":")[0] for each in found} == (set() if member is None else {member})


def test_all_violations_are_told_in_the_order_of_the_model() -> None:
    assert broken(
        role_arn="x", role_session_name=ABSENT, external_id="", token_code="1", policy=""
    ) == [
        "roleArn: have length greater than or equal to 20",
        "roleSessionName: not be null",
        r"policy: satisfy regular expression pattern: [\u0009\u000A\u000D\u0020-\u00FF]+",
        "policy: have length greater than or equal to 1",
        "externalId: have length greater than or equal to 2",
        "tokenCode: have length greater than or equal to 6",
    ]


@pytest.fixture
def open_sts(sts: Sts) -> Sts:
    """Bob may assume `deploy` in every way, and `deploy` the role `target`."""
    sts.changed(DEPLOY, trust=trusting(BOB.arn, Action=EVERYTHING), policies=granted("sts:*"))
    sts.roles = (*sts.roles, replace(TARGET, trust=trusting(DEPLOY.arn, Action=EVERYTHING)))
    return sts


def on_deploy(sts: Sts, **fields: object) -> Signer:
    """A session of `deploy`."""
    request = replace(ASK, **fields)  # type: ignore[arg-type]
    return sts.signer(sts.service.assume_role(BY_BOB, request).credentials)


ON_TARGET = AssumeRoleRequest(TARGET.arn, "s2")


def test_what_was_put_into_a_session_is_there_again(open_sts: Sts) -> None:
    signer = on_deploy(
        open_sts,
        policy=ALLOW_ALL,
        policy_arns=("arn:aws:iam::aws:policy/ReadOnlyAccess",),
        tags=(("A", "1"), ("B", "2")),
        transitive_tag_keys=("b",),
        source_identity="bob",
    )
    session = signer.session
    assert session is not None
    assert session.contents.policy == ALLOW_ALL
    assert session.contents.policy_arns == ("arn:aws:iam::aws:policy/ReadOnlyAccess",)
    assert session.contents.tags == {"A": "1", "B": "2"}
    assert session.contents.transitive_tag_keys == ("B",)
    assert session.source_identity == "bob"
    assert session.mfa_at is None


def test_transitive_tags_go_on_through_every_chain_and_others_do_not(open_sts: Sts) -> None:
    first = on_deploy(open_sts, tags=(("A", "1"), ("B", "2")), transitive_tag_keys=("A",))
    second = open_sts.signer(open_sts.service.assume_role(first, ON_TARGET).credentials)
    assert second.session is not None
    assert second.session.contents.tags == {"A": "1"}
    assert second.transitive_tags == {"A": "1"}
    with pytest.raises(InvalidParameterValue, match="conflicts with a transitive tag key"):
        open_sts.service.assume_role(first, replace(ON_TARGET, tags=(("a", "3"),)))
    more = replace(ON_TARGET, tags=(("B", "3"),))
    third = open_sts.signer(open_sts.service.assume_role(first, more).credentials)
    assert third.session is not None
    assert third.session.contents.tags == {"A": "1", "B": "3"}


def test_an_inherited_tag_needs_the_right_to_tag_though_none_is_passed(open_sts: Sts) -> None:
    first = on_deploy(open_sts, tags=(("A", "1"),), transitive_tag_keys=("A",))
    open_sts.changed(TARGET, trust=trusting(DEPLOY.arn, Action="sts:AssumeRole"))
    with pytest.raises(AccessDenied) as denied:
        open_sts.service.assume_role(first, ON_TARGET)
    assert denied.value.message == (
        f"User: {first.arn} is not authorized to perform: sts:TagSession on resource: {TARGET.arn}"
    )


def test_a_source_identity_is_set_once_and_goes_on(open_sts: Sts) -> None:
    first = on_deploy(open_sts, source_identity="bob")
    assert open_sts.service.assume_role(first, ON_TARGET).source_identity == "bob"
    same = replace(ON_TARGET, source_identity="bob")
    assert open_sts.service.assume_role(first, same).source_identity == "bob"
    with pytest.raises(ValidationError) as refused:
        open_sts.service.assume_role(first, replace(ON_TARGET, source_identity="eve"))
    assert refused.value.message == (
        "The source identity is already set for this assume role session"
    )


def test_an_inherited_source_identity_must_be_allowed_again(open_sts: Sts) -> None:
    first = on_deploy(open_sts, source_identity="bob")
    open_sts.changed(TARGET, trust=trusting(DEPLOY.arn, Action="sts:AssumeRole"))
    with pytest.raises(AccessDenied, match="perform: sts:SetSourceIdentity on resource"):
        open_sts.service.assume_role(first, ON_TARGET)


@pytest.mark.parametrize(
    ("fields", "action"),
    [
        ({"tags": (("A", "1"),)}, "sts:TagSession"),
        ({"source_identity": "bob"}, "sts:SetSourceIdentity"),
        (
            {
                "provided_contexts": (
                    ProvidedContext("arn:aws:iam::aws:contextProvider/IdentityCenter", "abcd"),
                )
            },
            "sts:SetContext",
        ),
    ],
)
def test_every_further_action_must_be_allowed_and_is_named(
    sts: Sts, fields: dict[str, object], action: str
) -> None:
    with pytest.raises(AccessDenied) as denied:
        on_deploy(sts, **fields)
    assert denied.value.message == (
        f"User: {BOB.arn} is not authorized to perform: {action} on resource: {DEPLOY.arn}"
    )


def test_a_context_assertion_cannot_be_verified(open_sts: Sts) -> None:
    context = ProvidedContext("arn:aws:iam::aws:contextProvider/IdentityCenter", "s3cret")
    with pytest.raises(ExpiredContextAssertion) as refused:
        on_deploy(open_sts, provided_contexts=(context,))
    assert refused.value.code == "ExpiredTokenException"
    assert "s3cret" not in str(refused.value)
    with pytest.raises(ValidationError, match="is invalid"):
        on_deploy(open_sts, provided_contexts=(ProvidedContext(ARN, "s3cret"),))


def test_mfa_reaches_the_trust_policy_and_not_the_session(sts: Sts) -> None:
    condition = {
        "Bool": {"aws:MultiFactorAuthPresent": "true"},
        "NumericLessThan": {"aws:MultiFactorAuthAge": "60"},
    }
    sts.changed(DEPLOY, trust=trusting(BOB.arn, Condition=condition))
    with pytest.raises(AccessDenied):
        sts.service.assume_role(BY_BOB, ASK)
    shown = code(SEED, step_of(sts.clock.wall()))
    signer = on_deploy(sts, serial_number=SERIAL, token_code=shown)
    assert signer.session is not None
    assert signer.session.mfa_at is None


def test_a_session_with_mfa_satisfies_a_trust_policy_that_wants_it(sts: Sts) -> None:
    condition = {"NumericLessThan": {"aws:MultiFactorAuthAge": "3600"}}
    sts.changed(DEPLOY, trust=trusting(BOB.arn, Condition=condition))
    shown = code(SEED, step_of(sts.clock.wall()))
    request = GetSessionTokenRequest(serial_number=SERIAL, token_code=shown)
    signer = sts.signer(sts.service.get_session_token(BY_BOB, request))
    sts.clock.advance(HOUR - timedelta(seconds=1))
    sts.service.assume_role(signer, ASK)
    sts.clock.advance(timedelta(seconds=1))
    with pytest.raises(AccessDenied):
        sts.service.assume_role(signer, ASK)


def test_a_session_of_a_user_does_not_chain(sts: Sts) -> None:
    signer = sts.signer(sts.service.get_session_token(BY_BOB, GetSessionTokenRequest()))
    sts.service.assume_role(signer, replace(ASK, duration=2 * HOUR))


def test_the_session_policy_of_the_caller_restricts_what_it_may_assume(open_sts: Sts) -> None:
    open_sts.changed(TARGET, trust=trusting(f"arn:aws:iam::{ACCOUNT}:root"))
    deny = json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"},
        }
    )
    open_sts.service.assume_role(on_deploy(open_sts), ON_TARGET)
    open_sts.service.assume_role(on_deploy(open_sts, policy=ALLOW_ALL), ON_TARGET)
    with pytest.raises(AccessDenied):
        open_sts.service.assume_role(on_deploy(open_sts, policy=deny), ON_TARGET)


def test_a_revoked_session_may_no_longer_assume_a_role(open_sts: Sts) -> None:
    early = open_sts.service.assume_role(BY_BOB, ASK).credentials
    open_sts.clock.advance(timedelta(seconds=10))
    since = {"DateLessThan": {"aws:TokenIssueTime": "2026-01-02T03:04:15Z"}}
    open_sts.changed(
        DEPLOY,
        trust=trusting(BOB.arn, Action=EVERYTHING),
        policies=(*granted("sts:*"), *granted("*", Effect="Deny", Condition=since)),
    )
    late = open_sts.service.assume_role(BY_BOB, ASK).credentials
    open_sts.service.assume_role(open_sts.signer(late), ON_TARGET)
    revoked = open_sts.signer(early)
    with pytest.raises(AccessDenied):
        open_sts.service.assume_role(revoked, ON_TARGET)
    open_sts.service.get_caller_identity(revoked)


def test_a_malformed_policy_is_refused_before_trust_is_asked(sts: Sts) -> None:
    with pytest.raises(MalformedPolicyDocument):
        sts.service.assume_role(BY_ALICE, replace(ASK, role_arn=ARN, policy="{}"))


def test_a_missing_managed_policy_is_not_told_to_whom_is_not_trusted(sts: Sts) -> None:
    missing = (f"arn:aws:iam::{ACCOUNT}:policy/none",)
    with pytest.raises(AccessDenied):
        sts.service.assume_role(BY_ALICE, replace(ASK, role_arn=ARN, policy_arns=missing))
    with pytest.raises(MalformedPolicyDocument):
        sts.service.assume_role(BY_ALICE, replace(ASK, policy_arns=missing))


def test_a_packed_size_is_told_when_something_was_packed(open_sts: Sts) -> None:
    def packed_size(**fields: object) -> int | None:
        request = replace(ASK, **fields)  # type: ignore[arg-type]
        return open_sts.service.assume_role(BY_BOB, request).packed_size

    assert packed_size() is None
    assert packed_size(source_identity="bob") is None
    for fields in ({"policy": ALLOW_ALL}, {"tags": (("A", "1"),)}):
        assert (packed_size(**fields) or 0) >= 1


def test_too_many_tags_are_refused_by_their_packed_size(open_sts: Sts) -> None:
    tags = tuple(
        (
            f"key{n}",
            chr(0x4E00 + n * 97)
            + "".join(chr(0x4E00 + (n * 7919 + i * i * 31) % 20000) for i in range(250)),
        )
        for n in range(50)
    )
    with pytest.raises(PackedPolicyTooLarge, match="Packed size of session tags consumes"):
        on_deploy(open_sts, tags=tags)


@pytest.mark.parametrize("size", [0, 1, 1000, 1001, 4093, 4096])
def test_a_session_token_is_padded_to_the_size_that_is_asked_for(open_sts: Sts, size: int) -> None:
    request = replace(ASK, minimum_session_token_size=size)
    credentials = open_sts.service.assume_role(BY_BOB, request).credentials
    length = len(credentials.session_token.reveal())
    least = len(open_sts.service.assume_role(BY_BOB, ASK).credentials.session_token.reveal())
    assert length == max(-(-size // 4) * 4, least)
    assert open_sts.signer(credentials).session is not None


@pytest.mark.parametrize("kind", ["root", "federated"])
def test_root_and_federated_users_assume_no_roles(sts: Sts, kind: str) -> None:
    if kind == "root":
        signer = Signer(RootPrincipal(ACCOUNT, "aws"))
        message = "Roles may not be assumed by root accounts."
    else:
        signer = Signer(FederatedUserPrincipal(BOB, ACCOUNT, "aws", "fred"))
        message = f"User: {signer.arn} is not authorized to perform: sts:AssumeRole on resource: "
    sts.changed(DEPLOY, trust=trusting("*"))
    with pytest.raises(AccessDenied) as denied:
        sts.service.assume_role(signer, ASK)
    assert (denied.value.message or "").startswith(message)


def test_a_caller_of_another_account_needs_a_policy_of_its_own(sts: Sts) -> None:
    stranger = replace(BOB, account="444455556666", unique_id="AIDAX")
    sts.changed(DEPLOY, trust=trusting(stranger.arn))
    sts.service.assume_role(Signer(UserPrincipal(stranger)), ASK)
    with pytest.raises(AccessDenied):
        sts.service.assume_role(Signer(UserPrincipal(replace(stranger, policies=()))), ASK)


def test_the_account_as_principal_leaves_it_to_the_identity_policies(sts: Sts) -> None:
    sts.changed(DEPLOY, trust=trusting(f"arn:aws:iam::{ACCOUNT}:root"))
    sts.service.assume_role(BY_BOB, ASK)
    with pytest.raises(AccessDenied):
        sts.service.assume_role(BY_ALICE, ASK)


def test_tags_of_request_principal_and_role_reach_the_trust_policy(open_sts: Sts) -> None:
    condition = {
        "StringEquals": {
            "aws:RequestTag/Cost": "7",
            "aws:PrincipalTag/Team": "red",
            "iam:ResourceTag/Stage": "test",
            "sts:SourceIdentity": "bob",
        },
        "ForAllValues:StringEquals": {
            "aws:TagKeys": ["Cost", "Other"],
            "sts:TransitiveTagKeys": ["Cost"],
        },
    }
    open_sts.changed(
        DEPLOY,
        trust=trusting(BOB.arn, Action=EVERYTHING, Condition=condition),
        tags={"Stage": "test"},
    )
    good = {"tags": (("Cost", "7"),), "transitive_tag_keys": ("Cost",), "source_identity": "bob"}
    on_deploy(open_sts, **good)
    for spoilt in (
        {"tags": (("Cost", "8"),)},
        {"tags": (("Cost", "7"), ("More", "1"))},
        {"source_identity": "eve"},
    ):
        with pytest.raises(AccessDenied):
            on_deploy(open_sts, **{**good, **spoilt})


def test_an_inherited_tag_is_seen_as_the_tag_of_the_role(open_sts: Sts) -> None:
    condition = {"StringEquals": {"aws:ResourceTag/Stage": "${aws:PrincipalTag/Stage}"}}
    open_sts.changed(
        TARGET,
        trust=trusting(DEPLOY.arn, Action=EVERYTHING, Condition=condition),
        tags={"stage": "of the role"},
    )
    tagged = on_deploy(open_sts, tags=(("Stage", "mine"),), transitive_tag_keys=("Stage",))
    open_sts.service.assume_role(tagged, ON_TARGET)
    plain = on_deploy(open_sts, tags=(("Stage", "mine"),))
    with pytest.raises(AccessDenied):
        open_sts.service.assume_role(plain, ON_TARGET)
