import pytest

from imds_sim.iam.conditions import Condition, RequestContext

ARN = "arn:aws:iam::111122223333:role/team/web"


@pytest.mark.parametrize(
    ("operator", "values", "presented", "met"),
    [
        ("StringEquals", ["x"], "x", True),
        ("StringEquals", ["x"], "X", False),
        ("StringEquals", ["x", "y"], "y", True),
        ("StringEquals", ["*"], "x", False),
        ("StringEquals", [], "x", False),
        ("StringEquals", [""], "", True),
        ("StringLike", ["a*"], "abc", True),
        ("StringLike", ["a*"], "bac", False),
        ("StringLike", ["z", "?b?"], "abc", True),
        ("StringLike", ["A*"], "abc", False),
        ("StringLike", ["arn:*"], ARN, True),
        ("ArnLike", ["arn:aws:iam::*:role/*"], ARN, True),
        ("ArnLike", ["arn:aws:iam:*:role/*"], ARN, False),
        ("ArnLike", ["arn:*"], ARN, False),
        ("ArnLike", ["*", ARN], ARN, True),
        ("Bool", ["true"], "true", True),
        ("Bool", ["True"], "TRUE", True),
        ("Bool", ["false"], "true", False),
        ("Bool", ["maybe"], "maybe", False),
        ("Bool", ["true"], "1", False),
    ],
)
def test_a_condition_is_met_if_any_of_its_values_fits(
    operator: str, values: list[str], presented: str, met: bool
) -> None:
    condition = Condition.of(operator, "aws:Key", values)
    assert condition.is_met(RequestContext.of({"aws:key": presented})) is met


@pytest.mark.parametrize("operator", ["StringEquals", "StringLike", "ArnLike", "Bool"])
def test_a_missing_key_never_fits(operator: str) -> None:
    condition = Condition.of(operator, "aws:Key", ["true", "*", ""])
    assert not condition.is_met(RequestContext.of({}))


def test_names_of_keys_have_no_case() -> None:
    condition = Condition.of("StringEquals", "STS:externalid", ["x"])
    assert condition.is_met(RequestContext.of({"sts:ExternalId": "x"}))


def test_a_multivalued_key_fits_nothing_without_a_set_operator() -> None:
    condition = Condition.of("StringEquals", "aws:PrincipalServiceNamesList", ["x"])
    assert not condition.is_met(RequestContext.of({"aws:PrincipalServiceNamesList": ("x",)}))


def test_conditions_are_equal_by_what_they_say() -> None:
    one = Condition.of("StringLike", "aws:Key", ["a*"])
    assert one == Condition.of("StringLike", "aws:Key", ["a*"])
    assert one != Condition.of("StringLike", "aws:Key", ["b*"])
