"""Condition operators on text: those of strings, ARNs and truth values, which take variables.

What has no variable is compiled when the policy is read; the rest is put in for each request.
Source: IAM User Guide, "IAM JSON policy elements: Condition operators".
"""

from collections.abc import Callable, Sequence

from imds_sim.iam.context import RequestContext
from imds_sim.iam.pattern import Fits, compile_arn, compile_tokens
from imds_sim.iam.variables import Plain, Token, resolved, tokens, without_variables

Test = Callable[[str, RequestContext], bool]
Compile = Callable[[Sequence[str], bool], Test]  # the flag: `${…}` is a variable


def string_equals(values: Sequence[str], variables: bool) -> Test:
    """Equal to the letter; wildcards are characters."""
    plain, varying = _split(values, variables=variables, wildcards=False)
    exact = frozenset(map(_text, plain))

    def equal(put_in: Plain, presented: str) -> bool:
        return _text(put_in) == presented

    return _either(lambda presented, _: presented in exact, varying, equal)


def string_equals_ignore_case(values: Sequence[str], variables: bool) -> Test:
    """Equal but for the case."""
    plain, varying = _split(values, variables=variables, wildcards=False)
    folded = frozenset(_text(each).lower() for each in plain)

    def equal(put_in: Plain, presented: str) -> bool:
        return _text(put_in).lower() == presented.lower()

    return _either(lambda presented, _: presented.lower() in folded, varying, equal)


def string_like(values: Sequence[str], variables: bool) -> Test:
    """A pattern over the whole text."""
    return _patterns(values, variables, compile_tokens)


def arn_like(values: Sequence[str], variables: bool) -> Test:
    """A pattern over an ARN, part by part; what is no ARN fits nothing."""
    return _patterns(values, variables, compile_arn)


def boolean(values: Sequence[str], variables: bool) -> Test:
    """The same truth value, in any case."""
    is_equal = string_equals_ignore_case(values, variables)
    return lambda presented, context: (
        presented.lower() in ("true", "false") and is_equal(presented, context)
    )


def _patterns(
    values: Sequence[str], variables: bool, compile_one: Callable[[Plain], Fits | None]
) -> Test:
    plain, varying = _split(values, variables=variables, wildcards=True)
    fixed = [fits for fits in map(compile_one, plain) if fits is not None]

    def fits_fixed(presented: str, _: RequestContext) -> bool:
        for fits in fixed:  # noqa: SIM110 - a generator costs more than most of these tests
            if fits(presented):
                return True
        return False

    def fits_now(put_in: Plain, presented: str) -> bool:
        fits = compile_one(put_in)
        return fits is not None and fits(presented)

    return _either(fits_fixed, varying, fits_now)


def _split(
    values: Sequence[str], *, variables: bool, wildcards: bool
) -> tuple[list[Plain], list[tuple[Token, ...]]]:
    """The values without a variable, and those with one."""
    every = [tokens(value, variables=variables, wildcards=wildcards) for value in values]
    plain = [each for each in map(without_variables, every) if each is not None]
    return plain, [each for each in every if without_variables(each) is None]


def _either(
    fixed: Test, varying: Sequence[tuple[Token, ...]], fits: Callable[[Plain, str], bool]
) -> Test:
    """`fixed`, or any of `varying` with its variables put in; one without a value fits nothing."""
    if not varying:
        return fixed

    def test(presented: str, context: RequestContext) -> bool:
        if fixed(presented, context):
            return True
        put_in = (resolved(each, context) for each in varying)
        return any(each is not None and fits(each, presented) for each in put_in)

    return test


def _text(split: Plain) -> str:
    return "".join(token for token in split if isinstance(token, str))
