from collections.abc import Sequence

import pytest

from imds_sim.iam.conditions import PLAIN_OPERATORS, Condition, Operator, Qualifier
from imds_sim.iam.context import ContextValue, RequestContext

ARN = "arn:aws:iam::111122223333:role/team/web"
KEY = "aws:Key"


def met(
    operator: str, values: Sequence[str], presented: ContextValue | None, **others: str
) -> bool:
    parsed = Operator.parse(operator)
    assert parsed is not None, operator
    known: dict[str, ContextValue] = {key.replace("__", ":"): v for key, v in others.items()}
    if presented is not None:
        known[KEY] = presented
    condition = Condition.of(parsed, KEY, values, variables=True)
    return condition.is_met(RequestContext.of(known))


POSITIVE = [
    ("StringEquals", ["x"], "x", True),
    ("StringEquals", ["x"], "X", False),
    ("StringEquals", ["x", "y"], "y", True),
    ("StringEquals", ["*"], "x", False),
    ("StringEquals", ["${*}"], "*", True),
    ("StringEquals", [], "x", False),
    ("StringEquals", [""], "", True),
    ("StringEqualsIgnoreCase", ["aBc"], "AbC", True),
    ("StringEqualsIgnoreCase", ["abc"], "abd", False),
    ("StringEqualsIgnoreCase", ["a*"], "abc", False),
    ("StringLike", ["a*"], "abc", True),
    ("StringLike", ["a*"], "bac", False),
    ("StringLike", ["z", "?b?"], "abc", True),
    ("StringLike", ["A*"], "abc", False),
    ("StringLike", ["arn:*"], ARN, True),
    ("StringLike", ["a${*}*"], "a*b", True),
    ("StringLike", ["a${*}*"], "abc", False),
    ("NumericEquals", ["10"], "10.0", True),
    ("NumericEquals", ["10"], "11", False),
    ("NumericEquals", ["0.1"], "0.10000000000000000001", False),
    ("NumericEquals", ["ten"], "ten", False),
    ("NumericEquals", ["1e1"], "10", False),
    ("NumericEquals", ["-1", "+2"], "2", True),
    ("NumericLessThan", ["10"], "9.99", True),
    ("NumericLessThan", ["10"], "10", False),
    ("NumericLessThan", ["1", "10"], "5", True),
    ("NumericLessThanEquals", ["10"], "10", True),
    ("NumericLessThanEquals", ["10"], "10.01", False),
    ("NumericGreaterThan", ["10"], "10.01", True),
    ("NumericGreaterThan", ["10"], "10", False),
    ("NumericGreaterThan", ["10"], "x", False),
    ("NumericGreaterThanEquals", ["10"], "10", True),
    ("NumericGreaterThanEquals", ["10"], "9", False),
    ("DateEquals", ["2026-01-02T03:04:05Z"], "1767323045", True),
    ("DateEquals", ["1767323045"], "2026-01-02T04:04:05+01:00", True),
    ("DateEquals", ["2026"], "2026-01-01T00:00:00Z", True),
    ("DateEquals", ["2026"], "2026-01-01T00:00:01Z", False),
    ("DateLessThan", ["2026-01-02T03:04:05Z"], "2026-01-02T03:04:04Z", True),
    ("DateLessThan", ["2026-01-02T03:04:05Z"], "2026-01-02T03:04:05Z", False),
    ("DateLessThanEquals", ["2026-01-02T03:04:05Z"], "2026-01-02T03:04:05Z", True),
    ("DateLessThanEquals", ["2026-01-02T03:04:05Z"], "2026-01-02T03:04:06Z", False),
    ("DateGreaterThan", ["2026-01-02T03:04:05Z"], "2026-01-02T03:04:05.5Z", True),
    ("DateGreaterThan", ["2026-01-02T03:04:05Z"], "2026-01-02T03:04:05Z", False),
    ("DateGreaterThanEquals", ["2026-01-02T03:04:05Z"], "2026-01-02T03:04:05Z", True),
    ("DateGreaterThanEquals", ["2026-01-02T03:04:05Z"], "never", False),
    ("Bool", ["true"], "true", True),
    ("Bool", ["True"], "TRUE", True),
    ("Bool", ["false"], "true", False),
    ("Bool", ["maybe"], "maybe", False),
    ("Bool", ["true"], "1", False),
    ("BinaryEquals", ["QmluYXJ5"], "QmluYXJ5", True),
    ("BinaryEquals", ["QmluYXJ5"], "Qmlu", False),
    ("BinaryEquals", ["no base64!"], "no base64!", False),
    ("IpAddress", ["203.0.113.0/24"], "203.0.113.7", True),
    ("IpAddress", ["203.0.113.0/24"], "203.0.114.7", False),
    ("IpAddress", ["203.0.113.7"], "203.0.113.7", True),
    ("IpAddress", ["203.0.113.9/24"], "203.0.113.7", True),
    ("IpAddress", ["2001:db8::/32"], "2001:DB8:0:0::1", True),
    ("IpAddress", ["2001:db8::1"], "2001:db8::2", False),
    ("IpAddress", ["0.0.0.0/0"], "2001:db8::1", False),
    ("IpAddress", ["anywhere"], "203.0.113.7", False),
    ("IpAddress", ["0.0.0.0/0"], "anywhere", False),
    *(
        (operator, values, ARN, fits)
        for operator in ("ArnEquals", "ArnLike")
        for values, fits in [
            ([ARN], True),
            (["arn:aws:iam::*:role/*"], True),
            (["arn:aws:iam:*:role/*"], False),
            (["arn:*"], False),
            (["*", ARN], True),
            (["arn:aws:iam::111122223333:role/TEAM/*"], False),
        ]
    ),
]


@pytest.mark.parametrize(("operator", "values", "presented", "fits"), POSITIVE)
def test_a_condition_is_met_if_any_of_its_values_fits(
    operator: str, values: list[str], presented: str, fits: bool
) -> None:
    assert met(operator, values, presented) is fits


NEGATIONS = {
    "StringEquals": "StringNotEquals",
    "StringEqualsIgnoreCase": "StringNotEqualsIgnoreCase",
    "StringLike": "StringNotLike",
    "NumericEquals": "NumericNotEquals",
    "DateEquals": "DateNotEquals",
    "IpAddress": "NotIpAddress",
    "ArnEquals": "ArnNotEquals",
    "ArnLike": "ArnNotLike",
}


@pytest.mark.parametrize(
    ("operator", "values", "presented", "fits"),
    [(NEGATIONS[name], *row) for name, *row in POSITIVE if name in NEGATIONS],
)
def test_a_negated_operator_is_met_if_none_of_its_values_fits(
    operator: str, values: list[str], presented: str, fits: bool
) -> None:
    assert met(operator, values, presented) is not fits


@pytest.mark.parametrize("operator", PLAIN_OPERATORS)
def test_a_missing_key_meets_what_is_negated_and_nothing_else(operator: str) -> None:
    if operator == "Null":
        return
    assert met(operator, ["true", "*", "0", ""], None) is (operator in NEGATIONS.values())


@pytest.mark.parametrize("operator", PLAIN_OPERATORS)
def test_if_exists_is_met_by_a_missing_key_and_is_else_as_usual(operator: str) -> None:
    if operator == "Null":
        return
    name = f"{operator}IfExists"
    assert met(name, ["true"], None)
    for presented in ("true", "x", "1", ARN):
        assert met(name, ["true"], presented) is met(operator, ["true"], presented)


@pytest.mark.parametrize(
    ("value", "presented", "fits"),
    [
        ("true", None, True),
        ("true", "x", False),
        ("true", "", False),
        ("true", ("x",), False),
        ("true", (), True),
        ("false", None, False),
        ("false", "x", True),
        ("FALSE", "x", True),
        ("maybe", None, False),
    ],
)
def test_null_asks_whether_the_key_is_absent(
    value: str, presented: ContextValue | None, fits: bool
) -> None:
    assert met("Null", [value], presented) is fits


@pytest.mark.parametrize(
    ("operator", "presented", "fits"),
    [
        ("ForAllValues:StringEquals", ("a", "b"), True),
        ("ForAllValues:StringEquals", ("a", "c"), False),
        ("ForAllValues:StringEquals", "a", True),
        ("ForAllValues:StringEquals", "c", False),
        ("ForAllValues:StringEquals", None, True),
        ("ForAllValues:StringEquals", (), True),
        ("ForAllValues:StringEquals", ("",), True),
        ("ForAllValues:StringEquals", "", True),
        ("ForAllValues:StringEqualsIfExists", None, True),
        ("ForAnyValue:StringEquals", ("c", "b"), True),
        ("ForAnyValue:StringEquals", ("c", "d"), False),
        ("ForAnyValue:StringEquals", "a", True),
        ("ForAnyValue:StringEquals", None, False),
        ("ForAnyValue:StringEquals", (), False),
        ("ForAnyValue:StringEqualsIfExists", None, False),
        ("ForAllValues:StringNotEquals", ("a", "c"), False),
        ("ForAllValues:StringNotEquals", ("c", "d"), True),
        ("ForAllValues:StringNotEquals", None, True),
        ("ForAnyValue:StringNotEquals", ("a", "c"), True),
        ("ForAnyValue:StringNotEquals", ("a", "b"), False),
        ("ForAnyValue:StringNotEquals", None, False),
        ("StringEquals", ("a",), False),
        ("StringNotEquals", ("c",), False),
        ("StringEqualsIfExists", ("a",), False),
    ],
)
def test_a_multivalued_key_is_asked_with_a_set_operator(
    operator: str, presented: ContextValue | None, fits: bool
) -> None:
    assert met(operator, ["a", "b"], presented) is fits


@pytest.mark.parametrize(
    ("operator", "value", "presented", "fits"),
    [
        ("StringEquals", "${aws:username}", "alice", True),
        ("StringEquals", "${aws:username}-x", "alice-x", True),
        ("StringEquals", "${aws:username}", "bob", False),
        ("StringEquals", "${aws:gone}", "alice", False),
        ("StringEquals", "${aws:gone, 'alice'}", "alice", True),
        ("StringNotEquals", "${aws:gone}", "alice", True),
        ("StringNotEquals", "${aws:username}", "alice", False),
        ("StringEqualsIgnoreCase", "${aws:username}", "ALICE", True),
        ("StringNotEqualsIgnoreCase", "${aws:gone}", "ALICE", True),
        ("StringLike", "${aws:username}-*", "alice-1", True),
        ("StringLike", "${aws:star}-*", "alice-1", False),
        ("StringLike", "*-${aws:username}-?", "x-alice-1", True),
        ("StringNotLike", "${aws:gone}*", "alice", True),
        ("ArnLike", "arn:aws:iam::1:user/${aws:username}", "arn:aws:iam::1:user/alice", True),
        ("ArnEquals", "${aws:me}", "arn:aws:iam::1:user/*", True),
        ("ArnEquals", "${aws:me}", "arn:aws:iam::1:user/alice", False),
        ("ArnNotLike", "${aws:gone}", ARN, True),
        ("Bool", "${aws:yes}", "TRUE", True),
        ("NumericEquals", "${aws:one}", "1", False),
        ("IpAddress", "${aws:ip}", "203.0.113.7", False),
    ],
)
def test_variables_stand_in_values_of_string_arn_and_bool(
    operator: str, value: str, presented: str, fits: bool
) -> None:
    known = {
        "aws__username": "alice",
        "aws__star": "*",
        "aws__me": "arn:aws:iam::1:user/*",
        "aws__yes": "true",
        "aws__one": "1",
        "aws__ip": "203.0.113.7",
    }
    assert met(operator, [value], presented, **known) is fits


def test_in_an_old_document_a_variable_is_text() -> None:
    condition = Condition.of(Operator("StringEquals"), KEY, ["${aws:username}"])
    assert condition.is_met(RequestContext.of({KEY: "${aws:username}", "aws:username": "alice"}))


@pytest.mark.parametrize(
    ("name", "operator"),
    [
        ("stringequals", Operator("StringEquals")),
        ("STRINGLIKEIFEXISTS", Operator("StringLike", None, True)),
        ("ForAnyValue:StringLike", Operator("StringLike", Qualifier.ANY)),
        ("forallvalues:arnlikeifexists", Operator("ArnLike", Qualifier.EVERY, True)),
        ("Null", Operator("Null")),
        ("NullIfExists", None),
        ("ForSomeValues:StringLike", None),
        ("StringEqual", None),
        ("IfExists", None),
        ("ForAnyValue:", None),
        ("", None),
    ],
)
def test_operators_are_known_in_any_case(name: str, operator: Operator | None) -> None:
    assert Operator.parse(name) == operator


def test_an_operator_is_written_in_its_own_case() -> None:
    operator = Operator.parse("foranyvalue:stringlikeifexists")
    assert str(operator) == "ForAnyValue:StringLikeIfExists"


def test_names_of_keys_have_no_case() -> None:
    condition = Condition.of(Operator("StringEquals"), "STS:externalid", ["x"])
    assert condition.is_met(RequestContext.of({"sts:ExternalId": "x"}))


def test_conditions_are_equal_by_what_they_say() -> None:
    one = Condition.of(Operator("StringLike"), KEY, ["a*"])
    assert one == Condition.of(Operator("StringLike"), KEY, ["a*"])
    assert one != Condition.of(Operator("StringLike"), KEY, ["b*"])
    assert str(one) == "StringLike aws:Key"
