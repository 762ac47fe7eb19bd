from collections.abc import Callable

import pytest

Refusal = Callable[[str], list[str]]


@pytest.mark.parametrize("kind", ["roles", "users"])
@pytest.mark.parametrize(("count", "taken"), [(50, True), (51, False)])
def test_an_entity_has_at_most_50_tags(
    refusal: Refusal, kind: str, count: int, taken: bool
) -> None:
    tags = ", ".join(f"k{number}: v" for number in range(count))
    assert (refusal(f"{kind}: {{e: {{tags: {{{tags}}}}}}}") == []) is taken


@pytest.mark.parametrize("key", ["aws:x", "AWS:x"])
def test_keys_that_begin_with_aws_are_reserved(refusal: Refusal, key: str) -> None:
    (line,) = refusal(f"roles: {{r: {{tags: {{'{key}': v}}}}}}")
    assert line.endswith(f"'{key}': tag keys that begin with aws: are reserved")


@pytest.mark.parametrize(("count", "taken"), [(50, True), (51, False)])
def test_an_instance_has_at_most_50_tags_beside_those_of_aws(
    refusal: Refusal, count: int, taken: bool
) -> None:
    tags = ", ".join(f"k{number}: v" for number in range(count))
    text = f"instances: {{i: {{tags: {{'aws:autoscaling:groupName': g, {tags}}}}}}}"
    assert (refusal(text) == []) is taken


@pytest.mark.parametrize(
    ("key", "value", "taken"),
    [
        (1, 0, True),
        (0, 0, False),
        (128, 256, True),
        (129, 0, False),
        (1, 257, False),
    ],
)
def test_lengths_of_the_tags_of_an_instance(
    refusal: Refusal, key: int, value: int, taken: bool
) -> None:
    text = f"instances: {{i: {{tags: {{'{'k' * key}': '{'v' * value}'}}}}}}"
    assert (refusal(text) == []) is taken


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        ("Cost-Center_1+=.,:@", True),
        ("...", True),
        ("_Index", True),
        ("a b", False),
        ("a/b", False),
        ("é", False),
        (".", False),
        ("..", False),
        ("_index", False),
    ],
)
def test_shown_tags_have_keys_that_can_be_names_in_a_path(
    refusal: Refusal, key: str, shown: bool
) -> None:
    tags = f"tags: {{'{key}': v}}"
    enabled = "metadata_options: {instance_metadata_tags: enabled}"
    assert refusal(f"instances: {{i: {{{tags}}}}}") == []
    lines = refusal(f"instances: {{i: {{{tags}, {enabled}}}}}")
    assert (lines == []) is shown
    assert all("cannot be shown by instance_metadata_tags" in line for line in lines)
