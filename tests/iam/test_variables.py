import pytest

from imds_sim.iam.context import RequestContext
from imds_sim.iam.variables import Token, Variable, Wildcard, resolved, tokens, without_variables

ALICE = RequestContext.of(
    {"aws:username": "alice", "aws:PrincipalTag/Team": "*", "aws:TagKeys": ("a",), "aws:e": ""}
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("plain", ("plain",)),
        ("a*b?", ("a", Wildcard.ANY, "b", Wildcard.ONE)),
        ("a**b", ("a", Wildcard.ANY, "b")),
        ("x${aws:UserName}y", ("x", Variable("aws:username"), "y")),
        ("${aws:x, 'none'}", (Variable("aws:x", "none"),)),
        ("${aws:x, ''}", (Variable("aws:x", ""),)),
        ("${aws:PrincipalTag/a-b}", (Variable("aws:principaltag/a-b"),)),
        ("a${*}b${?}${$}", ("a*b?$",)),
        ("${aws:x", ("${aws:x",)),
        ("${}", ("${}",)),
        ("${aws:x,'none'}", ("${aws:x,'none'}",)),
        ("${aws:x,  'none'}", ("${aws:x,  'none'}",)),
        ("${a b}", ("${a b}",)),
        ("${${aws:x}}", ("${", Variable("aws:x"), "}")),
        ("$${aws:x}", ("$", Variable("aws:x"))),
    ],
)
def test_a_text_is_taken_apart(text: str, found: tuple[Token, ...]) -> None:
    assert tokens(text, variables=True, wildcards=True) == found
    has_variables = any(isinstance(each, Variable) for each in found)
    assert without_variables(found) == (None if has_variables else found)


def test_an_old_document_has_no_variables() -> None:
    assert tokens("${aws:x}", variables=False, wildcards=True) == ("${aws:x}",)
    assert tokens("${*}", variables=False, wildcards=True) == ("${", Wildcard.ANY, "}")


@pytest.mark.parametrize(
    ("text", "put_in"),
    [
        ("x-${AWS:USERNAME}-y", ("x-alice-y",)),
        ("${aws:principaltag/team}*", ("*", Wildcard.ANY)),
        ("${aws:gone, 'none'}", ("none",)),
        ("${aws:username, 'none'}", ("alice",)),
        ("${aws:gone}", None),
        ("${aws:TagKeys}", None),
        ("${aws:TagKeys, 'none'}", ("none",)),
        ("${aws:e}", ()),
    ],
)
def test_a_variable_is_its_single_value_and_never_a_wildcard(
    text: str, put_in: tuple[str | Wildcard, ...] | None
) -> None:
    assert resolved(tokens(text, variables=True, wildcards=True), ALICE) == put_in
