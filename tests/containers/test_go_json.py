import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imds_sim.containers.go_json import MAX_DEPTH, JsonRefused, parse

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)  # fmt: skip


@given(VALUES, st.sampled_from([None, 0, 1]), st.booleans())
def test_every_document_is_read_as_python_reads_it(
    value: object, indent: int | None, ascii_only: bool
) -> None:
    document = parse(json.dumps(value, indent=indent, ensure_ascii=ascii_only).encode())
    assert document.value() == value
    assert {name: member.value() for name, member in document.members} == (
        value if isinstance(value, dict) else {}
    )


@given(
    st.binary(max_size=30) | st.text('{}[]",:\\truefalsn0123.-+eE u', max_size=30).map(str.encode)
)
def test_what_python_takes_is_taken_and_nothing_else(document: bytes) -> None:
    try:
        json.loads(document.decode("latin-1"), parse_constant=lambda name: 1 / 0)
        good = True
    except (ValueError, ZeroDivisionError):
        good = False
    if good:
        parse(document)
    else:
        with pytest.raises(JsonRefused):
            parse(document)


def test_nesting_has_a_limit() -> None:
    parse(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH)
    with pytest.raises(JsonRefused, match="exceeded max depth"):
        parse(b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1))


def test_repeated_members_are_all_there() -> None:
    members = parse(b'{"a": 1, "b": [{"c": 2}], "a": {"d": {}}}').members
    assert [(name, member.value()) for name, member in members] == [
        ("a", 1),
        ("b", [{"c": 2}]),
        ("a", {"d": {}}),
    ]
