import pytest

from imds_sim.iam.pattern import compile_arn, compile_glob, split_arn
from imds_sim.iam.variables import Plain, Wildcard, tokens, without_variables


def plain(text: str) -> Plain:
    found = without_variables(tokens(text, variables=False, wildcards=True))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("pattern", "value", "matches"),
    [
        ("", "", True),
        ("", "a", False),
        ("abc", "abc", True),
        ("abc", "ABC", False),
        ("*", "", True),
        ("*", "a:b/c\nd", True),
        ("a*", "a", True),
        ("a*", "ba", False),
        ("*a", "ba", True),
        ("*a", "ab", False),
        ("a**b", "ab", True),
        ("a*b*c", "axbxbxc", True),
        ("a*b*c", "axcxb", False),
        ("*ab*ab", "abab", True),
        ("*ab*ab", "ab", False),
        ("*ab*", "xaby", True),
        ("*ab*", "xayb", False),
        ("a*a", "a", False),
        ("?", "a", True),
        ("?", "", False),
        ("?", "\n", True),
        ("a?c", "abc", True),
        ("*?", "", False),
        ("*a?*", "xxab", True),
        ("a.c", "abc", False),
        ("[ab]", "a", False),
        ("[ab]", "[ab]", True),
        ("${x}", "${x}", True),
    ],
)
def test_a_star_is_any_run_and_a_question_mark_one_character(
    pattern: str, value: str, matches: bool
) -> None:
    assert compile_glob(pattern)(value) is matches


@pytest.mark.parametrize("pattern", ["*a" * 50 + "*b", "*a?" * 50 + "*b", "?*" * 50 + "b"])
def test_a_hostile_pattern_costs_no_more_than_a_few_passes(pattern: str) -> None:
    assert compile_glob(pattern)("a" * 5000) is False


@pytest.mark.parametrize(
    ("pattern", "value", "matches"),
    [
        ("arn:aws:ecs:*:1:*", "arn:aws:ecs:us-east-1:1:task/a:b", True),
        ("arn:aws:iam::*:role/r", "arn:aws:iam::1:role/r", True),
        ("arn:*:iam::1:role/r", "arn:aws:x:iam::1:role/r", False),
        ("arn:aws:iam::1:role/*", "arn:aws:iam::1:role/a/b:c", True),
        ("arn:aws:iam::1:role/?", "arn:aws:iam::1:role/ab", False),
        ("arn:aws:iam::1:role/R", "arn:aws:iam::1:role/r", False),
        ("arn:aws:iam::1:a:b:*", "arn:aws:iam::1:a:b:c:d", True),
        ("arn:aws:iam::1:*", "not an arn", False),
    ],
)
def test_an_arn_is_matched_part_by_part(pattern: str, value: str, matches: bool) -> None:
    fits = compile_arn(plain(pattern))
    assert fits is not None
    assert fits(value) is matches


@pytest.mark.parametrize("text", ["*", "arn:*", "", "arn:aws:iam::1", "arn:aws:*:1:x"])
def test_what_has_not_the_parts_of_an_arn_is_no_arn_pattern(text: str) -> None:
    assert compile_arn(plain(text)) is None


def test_the_last_part_of_an_arn_keeps_its_colons() -> None:
    assert split_arn(plain("a:b::*:c:d:e*"))[4:] == [["c"], ["d:e", Wildcard.ANY]]
