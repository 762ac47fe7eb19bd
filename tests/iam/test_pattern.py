import pytest

from imds_sim.iam.pattern import ArnPattern, compile_glob


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
    assert (compile_glob(pattern).fullmatch(value) is not None) is matches


def test_case_is_ignored_only_where_it_is_asked_for() -> None:
    assert compile_glob("sts:assume*", ignore_case=True).fullmatch("sts:AssumeRole")
    assert not compile_glob("sts:assume*").fullmatch("sts:AssumeRole")


def test_a_hostile_pattern_costs_no_more_than_a_few_passes() -> None:
    pattern = compile_glob("*a" * 50 + "*b")
    assert pattern.fullmatch("a" * 5000) is None


@pytest.mark.parametrize(
    ("pattern", "value", "matches"),
    [
        ("arn:aws:ecs:*:1:*", "arn:aws:ecs:us-east-1:1:task/a:b", True),
        ("arn:aws:iam::*:role/r", "arn:aws:iam::1:role/r", True),
        ("arn:*:iam::1:role/r", "arn:aws:x:iam::1:role/r", False),
        ("arn:aws:iam::1:role/*", "arn:aws:iam::1:role/a/b:c", True),
        ("arn:aws:iam::1:role/?", "arn:aws:iam::1:role/ab", False),
        ("arn:aws:iam::1:role/R", "arn:aws:iam::1:role/r", False),
        ("arn:aws:iam::1:*", "not an arn", False),
    ],
)
def test_an_arn_is_matched_part_by_part(pattern: str, value: str, matches: bool) -> None:
    compiled = ArnPattern.compile(pattern)
    assert compiled is not None
    assert compiled.matches(value) is matches


@pytest.mark.parametrize("text", ["*", "arn:*", "", "arn:aws:iam::1", "arn:aws:*:1:x"])
def test_what_has_not_the_parts_of_an_arn_is_no_arn_pattern(text: str) -> None:
    assert ArnPattern.compile(text) is None
