import pytest

from imds_sim.sts.constraints import ABSENT
from imds_sim.sts.errors import InvalidParameterValue
from imds_sim.sts.tags import overlaid, session_tags, tag_violations

DUPLICATE = "Duplicate tag keys found. Please note that Tag keys are case insensitive."
NOT_INCLUDED = "The specified transitive tag key must be included in the requested tags."
CONFLICT = (
    "One of the specified transitive tag keys can't be set because it conflicts with a transitive "
    "tag key from the calling session."
)


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("k", "", []),
        ("k" * 128, "v" * 256, []),
        ("Ключ 1_.:/=+-@", "值\u3000x", []),
        ("\U00010400" * 128, "\U00010400", []),  # letters beyond the basic plane
        ("", "v", ["key: have length greater than or equal to 1"]),
        ("k" * 129, "v", ["key: have length less than or equal to 128"]),
        ("k", "v" * 257, ["value: have length less than or equal to 256"]),
        ("k!", "v", ["key: satisfy regular expression pattern: [\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+"]),
        (
            "k",
            "v\n",
            ["value: satisfy regular expression pattern: [\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*"],
        ),
        (ABSENT, "v", ["key: not be null"]),
        ("k", ABSENT, ["value: not be null"]),
    ],
)
def test_keys_have_128_characters_and_values_256(key: str, value: str, expected: list[str]) -> None:
    found = tag_violations([("a", "b"), (key, value)])
    if key == "":
        found = [each for each in found if "pattern" not in each]
    said = [
        f"{each.partition('tags.2.member.')[2].partition(chr(39))[0]}: "
        f"{each.partition('constraint: Member must ')[2]}"
        for each in found
    ]
    assert said == expected


@pytest.mark.parametrize(("count", "good"), [(0, True), (50, True), (51, False)])
def test_there_are_at_most_50_tags_and_50_transitive_keys(count: int, good: bool) -> None:
    tags = [(f"k{number}", "") for number in range(count)]
    assert (tag_violations(tags) == []) is good
    assert (tag_violations([], [key for key, _ in tags]) == []) is good


@pytest.mark.parametrize(
    ("tags", "transitive", "inherited", "message"),
    [
        ([("A", "1"), ("a", "2")], [], {}, DUPLICATE),
        ([("A", "1"), ("A", "1")], [], {}, DUPLICATE),
        ([("A", "1")], ["B"], {}, NOT_INCLUDED),
        ([], ["A"], {}, NOT_INCLUDED),
        ([("A", "1")], [], {"A": "0"}, CONFLICT),
        ([("a", "1")], ["a"], {"A": "0"}, CONFLICT),
        ([], ["a"], {"A": "0"}, CONFLICT),
        ([("A", "1"), ("a", "2")], ["A"], {"A": "0"}, DUPLICATE),
        (
            [("aws:team", "1")],
            [],
            {},
            "aws: prefixed tag key names are not allowed for external use.",
        ),
        (
            [("AWS:team", "1")],
            [],
            {},
            "aws: prefixed tag key names are not allowed for external use.",
        ),
    ],
)
def test_tags_that_contradict_each_other_are_refused(
    tags: list[tuple[str, str]], transitive: list[str], inherited: dict[str, str], message: str
) -> None:
    with pytest.raises(InvalidParameterValue) as refused:
        session_tags(tags, transitive, inherited)
    assert refused.value.message == message


def test_inherited_tags_come_first_and_stay_transitive() -> None:
    tags, transitive = session_tags([("B", "2"), ("C", "3")], ["c", "C"], {"A": "1"})
    assert tags == {"A": "1", "B": "2", "C": "3"}
    assert transitive == ("A", "C")
    assert session_tags([], [], {"A": "1"}) == ({"A": "1"}, ("A",))
    assert session_tags([("awsome", "1")], [], {}) == ({"awsome": "1"}, ())


def test_what_lies_over_replaces_keys_of_any_case() -> None:
    assert overlaid({"team": "a", "x": "1"}, {"Team": "b"}) == {"x": "1", "Team": "b"}
    assert overlaid({"team": "a"}, {}) == {"team": "a"}
