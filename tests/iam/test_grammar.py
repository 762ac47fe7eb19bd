import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imds_sim.iam.document import Actions, Effect, Principals, Resources
from imds_sim.iam.document_bounds import MAX_CHARACTERS, MAX_DEPTH
from imds_sim.iam.errors import PolicyInvalid
from imds_sim.iam.grammar import parse_policy, parse_policy_text, parse_trust_policy
from imds_sim.iam.kinds import PolicyKind
from imds_sim.iam.principal_names import PrincipalKind, PrincipalName
from imds_sim.iam.reader import MAX_PROBLEMS

ROLE = "arn:aws:iam::111122223333:role/team/web"
SESSION = "arn:aws:sts::111122223333:assumed-role/web/i-0a"
USER = "arn:aws:iam::111122223333:user/alice"


def statement(**elements: Any) -> dict[str, Any]:
    return {
        "Effect": "Allow",
        "Principal": {"Service": "ec2.amazonaws.com"},
        "Action": "sts:AssumeRole",
        **elements,
    }


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in statement().items() if key != name}


def policy(*statements: object, **elements: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements), **elements}


def problems(document: object) -> list[tuple[tuple[str | int, ...], str]]:
    with pytest.raises(PolicyInvalid) as refused:
        parse_trust_policy(document)
    return [(problem.path, problem.message) for problem in refused.value.problems]


def test_a_whole_policy_is_read() -> None:
    parsed = parse_trust_policy(
        policy(
            statement(Sid="One", Principal={"AWS": [USER, ROLE, SESSION]}),
            statement(Sid="", Effect="Deny", Action=["sts:*", "STS:TagSession"]),
            Id="trust",
        )
    )
    assert (parsed.version, parsed.id) == ("2012-10-17", "trust")
    one, two = parsed.statements
    assert (one.effect, one.sid, one.actions) == (
        Effect.ALLOW,
        "One",
        Actions(("sts:AssumeRole",)),
    )
    assert one.principals == Principals(
        tuple(PrincipalName(PrincipalKind.AWS, arn) for arn in (USER, ROLE, SESSION))
    )
    assert (two.effect, two.sid) == (Effect.DENY, "")
    assert two.actions == Actions(("sts:*", "STS:TagSession"))
    assert parsed.kind is PolicyKind.TRUST


def test_a_bare_object_is_a_list_of_one() -> None:
    bare = parse_trust_policy({"Version": "2012-10-17", "Statement": statement()})
    assert bare == parse_trust_policy(policy(statement()))


def test_values_of_conditions_may_be_numbers_and_booleans() -> None:
    block = {"bool": {"aws:SecureTransport": True}, "StringEquals": {"aws:SourceAccount": [1, 1.5]}}
    [parsed] = parse_trust_policy(policy(statement(Condition=block))).statements
    assert [(str(c.operator), c.key, c.values) for c in parsed.conditions] == [
        ("Bool", "aws:SecureTransport", ("true",)),
        ("StringEquals", "aws:SourceAccount", ("1", "1.5")),
    ]


def test_an_empty_condition_is_none() -> None:
    assert parse_trust_policy(policy(statement(Condition={}))) == parse_trust_policy(
        policy(statement())
    )


@pytest.mark.parametrize("version", ["2008-10-17", None])
def test_what_looks_like_a_variable_is_text_in_an_old_document(version: str | None) -> None:
    block = {"StringEquals": {"sts:RoleSessionName": "${aws:username}"}}
    document: dict[str, Any] = {"Statement": statement(Condition=block)}
    if version:
        document["Version"] = version
    [parsed] = parse_trust_policy(document).statements
    assert parsed.conditions[0].values == ("${aws:username}",)


CONDITION = ("Statement", 0, "Condition")


@pytest.mark.parametrize(
    ("document", "path", "message"),
    [
        (None, (), "Syntax error in policy"),
        ("{}", (), "Syntax error in policy"),
        ([statement()], (), "Syntax error in policy"),
        ({}, (), "Could not parse the policy: Statement is empty!"),
        (policy(), ("Statement",), "Could not parse the policy: Statement is empty!"),
        ({"Statement": {}}, ("Statement",), "Statement is empty!"),
        ({"Statement": "x"}, ("Statement",), "Statement is an object or a list"),
        (policy("x"), ("Statement", 0), "a statement is an object"),
        (policy(statement(), version=1), ("version",), "did you mean Version?"),
        (policy(statement(), Version="2012-10-18"), ("Version",), "a valid version string"),
        (policy(statement(), Version=None), ("Version",), "a valid version string"),
        (policy(statement(), Id=3), ("Id",), "3 is not a string"),
        (policy(statement(effect="x")), ("Statement", 0, "effect"), "did you mean Effect?"),
        (policy(statement(Sid="a b")), ("Statement", 0, "Sid"), "letters and digits"),
        (
            policy(statement(Sid="A"), statement(Sid="A")),
            ("Statement", 1, "Sid"),
            "The Statement Ids in the policy are not unique",
        ),
        (policy(without("Effect")), ("Statement", 0), "Missing required field Effect"),
        (policy(statement(Effect="allow")), ("Statement", 0, "Effect"), "Invalid effect: 'allow'"),
        (policy(without("Principal")), ("Statement", 0), "Missing required field Principal"),
        (
            policy(statement(Principal={})),
            ("Statement", 0, "Principal"),
            "Missing required field Principal cannot be empty!",
        ),
        (
            policy(statement(Principal={"AWS": []})),
            ("Statement", 0, "Principal", "AWS"),
            "Missing required field Principal cannot be empty!",
        ),
        (
            policy(statement(Principal="ec2.amazonaws.com")),
            ("Statement", 0, "Principal"),
            "Principal must be a JSON object",
        ),
        (
            policy(statement(Principal={"service": "x"})),
            ("Statement", 0, "Principal", "service"),
            'Invalid principal in policy: "service": did you mean Service?',
        ),
        (
            policy(statement(Principal={"CanonicalUser": "x"})),
            ("Statement", 0, "Principal", "CanonicalUser"),
            'Invalid principal in policy: "CanonicalUser"',
        ),
        (
            policy(statement(Principal={"Service": "ec2"})),
            ("Statement", 0, "Principal", "Service"),
            'Invalid principal in policy: "SERVICE":"ec2"',
        ),
        (
            policy(statement(NotPrincipal={"AWS": USER})),
            ("Statement", 0, "NotPrincipal"),
            "Allow with NotPrincipal is not allowed.",
        ),
        (
            policy(statement(Effect="Deny", NotPrincipal={"AWS": USER})),
            ("Statement", 0, "NotPrincipal"),
            "AssumeRole policy must not contain NotPrincipal field.",
        ),
        (policy(without("Action")), ("Statement", 0), "Missing required field Action"),
        (policy(statement(Action=[])), ("Statement", 0), "Missing required field Action"),
        (
            policy(statement(Action=["sts:AssumeRole", "*"])),
            ("Statement", 0, "Action", 1),
            "AssumeRole policy may only specify STS AssumeRole actions",
        ),
        (
            policy(statement(Action="s3:GetObject")),
            ("Statement", 0, "Action"),
            "AssumeRole policy may only specify STS AssumeRole actions",
        ),
        (
            policy(statement(NotAction="sts:TagSession")),
            ("Statement", 0, "NotAction"),
            "exclude each other",
        ),
        (
            policy(statement(Resource="*")),
            ("Statement", 0, "Resource"),
            "Has prohibited field Resource",
        ),
        (
            policy(statement(NotResource="*")),
            ("Statement", 0, "NotResource"),
            "AssumeRole policy must not contain resources.",
        ),
        (policy(statement(Condition=[])), CONDITION, "Condition is an object of operators"),
        (
            policy(statement(Condition={"StringEqual": {"aws:a": "b"}})),
            (*CONDITION, "StringEqual"),
            "did you mean StringEquals?",
        ),
        (
            policy(statement(Condition={"NullIfExists": {"aws:a": "true"}})),
            (*CONDITION, "NullIfExists"),
            "no condition operator",
        ),
        (
            policy(statement(Condition={"Bool": "x"})),
            (*CONDITION, "Bool"),
            "an operator holds an object of keys",
        ),
        (
            policy(statement(Condition={"Bool": {"SecureTransport": "true"}})),
            (*CONDITION, "Bool", "SecureTransport"),
            "Actions/Conditions must be prefaced by a vendor",
        ),
        (
            policy(statement(Condition={"Bool": {"aws:a": "true", "AWS:A": "true"}})),
            (*CONDITION, "Bool", "AWS:A"),
            "differs from another key in case",
        ),
        (
            policy(statement(Condition={"Bool": {"aws:a": ["true", None]}})),
            (*CONDITION, "Bool", "aws:a", 1),
            "null",
        ),
        (
            policy(statement(Condition={"Bool": {"aws:a": {}}})),
            (*CONDITION, "Bool", "aws:a"),
            "dict is not a string",
        ),
        (
            policy(statement(Condition={"StringLike": {"aws:a": "\u0142"}})),
            (*CONDITION, "StringLike", "aws:a"),
            "a control or a character above U+00FF",
        ),
    ],
)
def test_an_illegal_document_is_refused_where_it_is_wrong(
    document: object, path: tuple[str | int, ...], message: str
) -> None:
    [(at, said)] = problems(document)
    assert at == path
    assert message in said


def test_all_problems_are_told_at_once() -> None:
    found = problems(
        {
            "version": "2012-10-17",
            "Statement": [
                {"Effect": "Perhaps", "Action": "s3:*", "Resource": "*"},
                statement(Principal={"AWS": ["role/*", "nobody"]}, Condition={"Nonsense": {}}),
            ],
        }
    )
    assert [path for path, _ in found] == [
        ("version",),
        ("Statement", 0, "Effect"),
        ("Statement", 0),
        ("Statement", 0, "Action"),
        ("Statement", 0, "Resource"),
        ("Statement", 1, "Principal", "AWS", 0),
        ("Statement", 1, "Principal", "AWS", 1),
        ("Statement", 1, "Condition", "Nonsense"),
    ]


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["Version", "Statement", "Effect", "Principal", "AWS", "Action", "Condition",
                 "StringLike", "aws:a", "NotAction", "Sid"]
            )
            | st.none() | st.integers(),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)  # fmt: skip


@given(plain)
def test_no_document_does_worse_than_being_refused(document: object) -> None:
    with suppress(PolicyInvalid):
        parse_trust_policy(document)


@pytest.mark.parametrize("kind", PolicyKind)
@given(document=plain)
def test_no_document_of_any_kind_does_worse_than_being_refused(
    kind: PolicyKind, document: object
) -> None:
    with suppress(PolicyInvalid):
        parse_policy(document, kind)


def test_an_identity_policy_has_resources_and_no_principals() -> None:
    one = {"Effect": "Allow", "NotAction": ["iam:*", None], "Resource": "*"}
    two = {"Effect": "Deny", "Action": "*", "NotResource": [ROLE, None]}
    parsed = parse_policy(policy(one, two), PolicyKind.IDENTITY)
    assert parsed.kind is PolicyKind.IDENTITY
    first, second = parsed.statements
    assert (first.principals, first.actions) == (None, Actions(("iam:*",), excluded=True))
    assert first.resources == Resources(("*",), variables=True)
    assert second.resources == Resources((ROLE,), excluded=True, variables=True)


def test_a_policy_may_come_as_text() -> None:
    document = policy(statement())
    assert parse_policy_text(json.dumps(document), PolicyKind.TRUST) == parse_policy(
        document, PolicyKind.TRUST
    )


def test_a_statement_says_again_what_was_read() -> None:
    original = {
        "Sid": "S",
        "Effect": "Deny",
        "NotAction": ["sts:TagSession"],
        "NotResource": [ROLE],
        "Condition": {"ForAnyValue:StringLike": {"aws:TagKeys": ["a*"], "aws:Key": ["b"]}},
    }
    [parsed] = parse_policy(policy(original), PolicyKind.IDENTITY).statements
    assert parsed.document() == original
    [trusting] = parse_trust_policy(policy(statement())).statements
    assert trusting.document() == {
        "Effect": "Allow",
        "Principal": {"Service": ["ec2.amazonaws.com"]},
        "Action": ["sts:AssumeRole"],
    }
    [sparing] = parse_policy(
        policy({"Effect": "Deny", "NotPrincipal": {"AWS": USER}, "Action": "s3:*"}),
        PolicyKind.RESOURCE,
    ).statements
    assert sparing.document() == {
        "Effect": "Deny",
        "NotPrincipal": {"AWS": [USER]},
        "Action": ["s3:*"],
    }


def nested(depth: int) -> Any:
    document: Any = statement()
    for _ in range(depth):
        document = policy(document)
    return document


def recurring(depth: int) -> Any:
    """What a YAML file can make of a few lines: parts that occur again and again."""
    document: Any = "x" * 60
    for _ in range(depth):
        document = [document] * 10
    return document


TOO_LARGE = policy(*[statement(Sid=f"S{index}") for index in range(10_000)])


@pytest.mark.parametrize(
    ("document", "message"),
    [
        pytest.param(nested(100), f"nested deeper than {MAX_DEPTH}", id="nested policies"),
        pytest.param(nested(5000), f"nested deeper than {MAX_DEPTH}", id="deep beyond recursion"),
        pytest.param(TOO_LARGE, f"more than {MAX_CHARACTERS} characters", id="a megabyte"),
        pytest.param(recurring(12), f"more than {MAX_CHARACTERS} characters", id="recurring"),
    ],
)
def test_a_document_beyond_all_bounds_is_refused_before_it_is_read(
    document: object, message: str
) -> None:
    [(at, said)] = problems(document)
    assert at == ()
    assert said == f"Syntax error in policy: {message}"


def test_a_list_that_holds_itself_is_refused() -> None:
    endless: list[object] = []
    endless.append(endless)
    [(_, said)] = problems(policy(endless))
    assert "nested deeper" in said


def test_the_deepest_policy_there_is_fits() -> None:
    block = {"StringEquals": {"aws:Key": ["a"]}}
    assert parse_trust_policy(policy(statement(Condition=block, Principal={"AWS": [USER]})))


def test_no_more_than_so_many_problems_are_told() -> None:
    found = problems({"Version": "2012-10-17", "Statement": [1] * (MAX_PROBLEMS + 50)})
    assert len(found) == MAX_PROBLEMS


@pytest.mark.parametrize(
    ("principal", "path"),
    [("*", ("Principal",)), ({"AWS": ["*", USER]}, ("Principal", "AWS", 0))],
)
def test_a_role_that_trusts_everyone_is_warned_of(
    principal: object, path: tuple[str | int, ...]
) -> None:
    parsed = parse_trust_policy(policy(statement(Principal=principal)))
    [warning] = parsed.warnings
    assert warning.path == ("Statement", 0, *path)
    assert "everyone" in warning.message
    assert parse_trust_policy(policy(statement())).warnings == ()


def test_a_multivalued_key_without_a_set_operator_is_warned_of() -> None:
    block = {"StringEquals": {"aws:TagKeys": "a", "aws:x": "b"}, "Null": {"aws:TagKeys": "true"}}
    [warning] = parse_trust_policy(policy(statement(Condition=block))).warnings
    assert warning.path == ("Statement", 0, "Condition", "StringEquals", "aws:TagKeys")
    good = {"ForAllValues:StringEquals": {"aws:TagKeys": "a"}}
    assert not parse_trust_policy(policy(statement(Condition=good))).warnings
