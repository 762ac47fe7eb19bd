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
