"""What AWS says of documents that are no policies, row by row."""

import json
from typing import Any

import pytest

from imds_sim.iam.errors import PolicyInvalid
from imds_sim.iam.grammar import parse_policy, parse_policy_text
from imds_sim.iam.kinds import PolicyKind
from imds_sim.iam.refusals import Refusal, wording_of

SYNTAX = "Syntax errors in policy."
LEGACY = "The policy failed legacy parsing"
VENDOR = "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."
PATHS = (
    'IAM resource path must either be "*" or start with user/, federated-user/, role/, group/, '
    "instance-profile/, mfa/, server-certificate/, policy/, sms-mfa/, saml-provider/, "
    "oidc-provider/, report/, access-report/."
)
NO_VENDOR = "Resource vendor must be fully qualified and cannot contain regexes."


def identity(**elements: Any) -> dict[str, Any]:
    """A policy with one good statement but for `elements`; None takes one out."""
    statement = {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*", **elements}
    kept = {name: value for name, value in statement.items() if value is not None}
    return {"Version": "2012-10-17", "Statement": [kept]}


def trust(**elements: Any) -> dict[str, Any]:
    good = {"Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    return identity(**{"Resource": None, **good, **elements})


def refusal(document: object, kind: PolicyKind) -> str:
    with pytest.raises(PolicyInvalid) as refused:
        parse_policy(document, kind)
    return refused.value.aws_message


def dated(value: object) -> dict[str, Any]:
    return identity(Condition={"DateGreaterThan": {"aws:CurrentTime": value}})


def resource(text: str) -> dict[str, Any]:
    return identity(Resource=text)


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ([], SYNTAX),
        ({**identity(), "Extra": 1}, SYNTAX),
        ({"Version": "2012-10-17"}, SYNTAX),
        ({**identity(), "Statement": []}, SYNTAX),
        ({**identity(), "Statement": ["x"]}, SYNTAX),
        ({**identity(), "Id": {}}, SYNTAX),
        ({**identity(), "Version": "2012-10-18"}, SYNTAX),
        ({**identity(), "Id": None}, SYNTAX),
        ({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": None}}, SYNTAX),
        (identity(Extra="x"), SYNTAX),
        (identity(Sid=1), SYNTAX),
        (identity(Effect=None), SYNTAX),
        (identity(Effect="Perhaps"), SYNTAX),
        (identity(NotAction="s3:*"), SYNTAX),
        (identity(NotResource="*"), SYNTAX),
        (identity(Action={"a": 1}), SYNTAX),
        (identity(Resource=1), SYNTAX),
        (identity(Condition=[]), SYNTAX),
        (identity(Condition={"StringEquals": "x"}), SYNTAX),
        (identity(Condition={"StringEqual": {"aws:x": "y"}}), SYNTAX),
        (identity(Condition={"StringEquals": {"aws:x": {"y": 1}}}), SYNTAX),
        (
            {"Statement": identity()["Statement"]},
            "Policy document must be version 2012-10-17 or greater.",
        ),
        (
            {**identity(), "Version": "2008-10-17"},
            "Policy document must be version 2012-10-17 or greater.",
        ),
        (identity(Effect="allow"), LEGACY),
        (dated("tomorrow"), LEGACY),
        (dated("2026-13-01"), LEGACY),
        (dated(["2026-01-01", str(2**63)]), LEGACY),
        (resource("arn:aws:iam::111122223333"), LEGACY),
        (resource("arn:aws::::x"), LEGACY),
        (
            {
                "Version": "2012-10-17",
                "Statement": [identity(Sid="A")["Statement"][0]] * 2,
            },
            "Statement IDs (SID) in a single policy must be unique.",
        ),
        (identity(Action=None), "Policy statement must contain actions."),
        (identity(Action=[]), "Policy statement must contain actions."),
        (identity(Action=None, NotAction=[]), "Policy statement must contain actions."),
        (resource("bucket"), 'Resource bucket must be in ARN format or "*".'),
        (
            resource("arn:aws2:s3:::b"),
            'Partition "aws2" is not valid for resource "arn:aws2:s3:::b".',
        ),
        (resource("arn:x:s3"), 'Partition "x" is not valid for resource "arn:x:s3:*:*:*".'),
        (resource("arn:aws"), NO_VENDOR),
        (resource("arn:*"), NO_VENDOR),
        (
            resource("arn:aws:iam:us-east-1:1:user/x"),
            "IAM resource arn:aws:iam:us-east-1:1:user/x cannot contain region information.",
        ),
        (
            resource("arn:aws:s3:us-east-1:1:bucket"),
            "Resource arn:aws:s3:us-east-1:1:bucket can not contain region information.",
        ),
        (resource("arn:aws:s3:"), "Resource arn:aws:s3: can not contain region information."),
        (resource("arn:aws:iam::111122223333:thing/x"), PATHS),
        (resource("::"), 'Partition "" is not valid for resource "arn::*:*:*:*".'),
        (identity(Action="ListBucket"), VENDOR),
        (identity(Action=["s3:*", ""]), VENDOR),
        (identity(Action="s3:List:Bucket"), "Actions/Condition can contain only one colon."),
        (identity(Action="s_3:ListBucket"), "Vendor s_3 is not valid"),
        (identity(Action="s*:ListBucket"), "Vendor s* is not valid"),
        (identity(Resource=None), "Policy statement must contain resources."),
        (identity(Resource=[]), "Policy statement must contain resources."),
        (identity(Principal="*"), "Policy document should not specify a principal."),
    ],
)
def test_an_identity_policy_is_refused_in_the_words_of_iam(document: object, said: str) -> None:
    assert refusal(document, PolicyKind.IDENTITY) == said


@pytest.mark.parametrize(
    "document",
    [
        identity(),
        identity(Action="*"),
        identity(Action="*:*"),
        identity(Action="s3:NoSuchAction", Condition={"StringEquals": {"s3:nosuchkey": "x"}}),
        identity(Resource="arn:aws:s3:us-east-1:1:accesspoint/x"),
        identity(Resource="arn:*:s3:::bucket/*"),
        identity(Resource="arn:aws:iam::111122223333:*"),
        identity(Resource=["*", None]),
        identity(Condition={}),
        dated("2026-01-02T03:04:05Z"),
        dated(1767323045),
    ],
)
def test_these_are_identity_policies(document: object) -> None:
    assert parse_policy(document, PolicyKind.IDENTITY)


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({**trust(), "Version": "2012"}, "The policy must contain a valid version string"),
        ({"Version": "2012-10-17"}, "Could not parse the policy: Statement is empty!"),
        (
            {"Version": "2012-10-17", "Statement": [trust(Sid="A")["Statement"][0]] * 2},
            "The Statement Ids in the policy are not unique",
        ),
        (trust(Effect=None), "Missing required field Effect"),
        (trust(Effect="X"), "Invalid effect: 'X'"),
        (trust(Principal=None), "Missing required field Principal"),
        (trust(Principal={}), "Missing required field Principal cannot be empty!"),
        (trust(Principal="ec2.amazonaws.com"), "Principal must be a JSON object."),
        (trust(Principal={"X": "y"}), 'Invalid principal in policy: "X"'),
        (
            trust(Principal={"AWS": "alice"}),
            'Invalid principal in policy: "AWS":"alice"',
        ),
        (trust(Principal={"Service": "x"}), 'Invalid principal in policy: "SERVICE":"x"'),
        (
            trust(Principal={"Federated": "*"}),
            "Federated principals must be valid domain names or SAML metadata ARNs",
        ),
        (trust(Action=None), "Missing required field Action"),
        (trust(Action="*"), "AssumeRole policy may only specify STS AssumeRole actions."),
        (trust(Action="s3:*"), "AssumeRole policy may only specify STS AssumeRole actions."),
        (trust(Resource="*"), "Has prohibited field Resource"),
        (trust(NotResource="*"), "AssumeRole policy must not contain resources."),
        (trust(Extra="x"), "Syntax error in policy."),
    ],
)
def test_a_trust_policy_is_refused_in_words_of_its_own(document: object, said: str) -> None:
    assert refusal(document, PolicyKind.TRUST) == said


@pytest.mark.parametrize("version", ["2008-10-17", None])
def test_trust_and_session_policies_may_be_old(version: str | None) -> None:
    for kind, document in ((PolicyKind.TRUST, trust()), (PolicyKind.SESSION, identity())):
        old = {**document, "Version": version}
        parse_policy({name: each for name, each in old.items() if each is not None}, kind)


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("", "Expecting value"),
        ("{", "Expecting property name"),
        ('{"Version": "a", "Version": "b"}', "stands twice"),
        ("[" * 60_000, "nested deeper"),
        ('{"a":' * 100, "nested deeper"),
        ('"\\' * 30_000, "Unterminated string"),
        ("1" * 5000, "integer"),
        ("NaN", "no value of JSON"),
        (json.dumps("x" * 1_000_000), "more than"),
    ],
)
def test_text_that_is_no_json_is_refused(text: str, detail: str) -> None:
    for kind, said in (
        (PolicyKind.SESSION, SYNTAX),
        (PolicyKind.TRUST, "This policy contains invalid Json"),
    ):
        with pytest.raises(PolicyInvalid, match=detail) as refused:
            parse_policy_text(text, kind)
        assert refused.value.aws_message == said


def test_of_several_faults_the_one_that_iam_checks_first_is_named() -> None:
    document = identity(Effect="allow", Action="ListBucket", Resource="bucket")
    assert refusal(document, PolicyKind.IDENTITY) == LEGACY
    assert refusal({**document, "Extra": 1}, PolicyKind.IDENTITY) == SYNTAX
    document = identity(Action="ListBucket", Resource="bucket")
    assert "must be in ARN format" in refusal(document, PolicyKind.IDENTITY)


@pytest.mark.parametrize("kind", PolicyKind)
def test_there_are_words_for_every_fault(kind: PolicyKind) -> None:
    assert set(wording_of(kind)) == set(Refusal)
