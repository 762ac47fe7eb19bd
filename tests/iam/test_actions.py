import pytest

from imds_sim.iam.actions import compile_actions


@pytest.mark.parametrize(
    ("pattern", "action", "fits"),
    [
        ("sts:AssumeRole", "sts:assumerole", True),
        ("STS:assumerole", "sts:assumerole", True),
        ("sts:AssumeRole", "sts:assumerolewithsaml", False),
        ("sts:Assume*", "sts:assumerolewithsaml", True),
        ("sts:*", "sts:tagsession", True),
        ("sts:*Role", "sts:assumerole", True),
        ("sts:AssumeRol?", "sts:assumerole", True),
        ("sts:AssumeRole?", "sts:assumerole", False),
        ("*", "sts:assumerole", True),
        ("*:*", "sts:assumerole", True),
        ("*:AssumeRole", "sts:assumerole", False),
        ("s*:AssumeRole", "sts:assumerole", False),
        ("st?:*", "sts:assumerole", False),
        ("s3:*", "sts:assumerole", False),
        ("sts:", "sts:assumerole", False),
        ("sts:Assume Role", "sts:assumerole", False),
    ],
)
def test_an_action_is_matched_without_case_and_with_wildcards_in_its_name(
    pattern: str, action: str, fits: bool
) -> None:
    assert compile_actions([pattern])(action) is fits
    assert compile_actions(["x:y", pattern])(action) is fits


def test_no_patterns_fit_nothing() -> None:
    assert not compile_actions([])("sts:assumerole")
