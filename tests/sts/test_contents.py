import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imds_sim.sts.contents import NO_CONTENTS, SessionContents
from imds_sim.sts.errors import PackedPolicyTooLarge
from imds_sim.sts.limits import MAX_PACKED

ALLOW = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::bucket/*"}
POLICY = json.dumps({"Version": "2012-10-17", "Statement": [ALLOW]})
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)


def size(contents: SessionContents) -> int:
    return contents.packed_size(contents.packed())


def noise(seed: int) -> str:
    """64 characters that do not pack well."""
    return hashlib.sha256(str(seed).encode()).hexdigest()


@given(
    policy=st.none() | TEXT.filter(bool),
    arns=st.lists(TEXT),
    tags=st.dictionaries(TEXT, TEXT),
    data=st.data(),
)
def test_what_was_packed_is_unpacked(
    policy: str | None, arns: list[str], tags: dict[str, str], data: st.DataObject
) -> None:
    keys = st.lists(st.sampled_from(sorted(tags)), unique=True) if tags else st.just([])
    contents = SessionContents(policy, tuple(arns), tags, tuple(data.draw(keys)))
    assert SessionContents.unpacked(contents.packed()) == contents


def test_nothing_packs_to_nothing() -> None:
    assert NO_CONTENTS.packed() == b""
    assert size(NO_CONTENTS) == 0
    assert SessionContents.unpacked(b"") is NO_CONTENTS


def test_a_small_policy_and_a_few_tags_take_some_percent() -> None:
    assert 1 <= size(SessionContents(POLICY)) <= 8
    assert 1 <= size(SessionContents(tags={"Project": "a", "Team": "b", "Cost": "c"})) <= 8
    assert size(SessionContents(policy_arns=("arn:aws:iam::aws:policy/ReadOnlyAccess",))) <= 8


def test_the_hundredth_percent_is_allotted_and_the_next_is_not() -> None:
    contents = SessionContents("x")
    assert contents.packed_size(bytes(MAX_PACKED)) == 100
    with pytest.raises(PackedPolicyTooLarge) as refused:
        contents.packed_size(bytes(MAX_PACKED + 1))
    assert refused.value.message == (
        "Packed policy consumes 101% of allotted space, please use smaller policy."
    )


def test_tags_that_are_too_large_by_themselves_are_named() -> None:
    tags = {noise(index): noise(-index - 1) * 2 for index in range(50)}
    with pytest.raises(PackedPolicyTooLarge) as refused:
        size(SessionContents(POLICY, tags=tags))
    message = refused.value.message or ""
    assert message.startswith("Packed size of session tags consumes ")
    assert message.endswith("% of allotted space.")


def test_transitive_tags_are_those_of_the_transitive_keys() -> None:
    contents = SessionContents(tags={"A": "1", "B": "2"}, transitive_tag_keys=("B",))
    assert contents.transitive_tags == {"B": "2"}
