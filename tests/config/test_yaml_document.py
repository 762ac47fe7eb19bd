import pytest

from imds_sim.config.yaml_document import MAX_DEPTH, MAX_REPEATED, read_yaml


def found(text: str) -> list[tuple[tuple[int, int] | None, str]]:
    return [(finding.position, finding.message) for finding in read_yaml(text).findings]


@pytest.mark.parametrize("text", ["", "\n", "# nothing\n", "---\n", "\ufeff"])
def test_a_text_without_content_says_nothing(text: str) -> None:
    document = read_yaml(text)
    assert document.data is None
    assert document.findings == ()


def test_keys_are_text_whatever_they_look_like() -> None:
    assert read_yaml("1: a\non: b\nnull: c\n0x1F: d").data == {
        "1": "a",
        "on": "b",
        "null": "c",
        "0x1F": "d",
    }


def test_quotes_and_the_string_tag_make_text() -> None:
    assert read_yaml("a: '5'\nb: \"true\"\nc: !!str 5").data == {
        "a": "5",
        "b": "true",
        "c": "5",
    }


@pytest.mark.parametrize(
    ("path", "position"),
    [
        pytest.param((), (2, 1), id="the top"),
        pytest.param(("a",), (2, 1), id="a key"),
        pytest.param(("a", "b"), (3, 3), id="a key inside"),
        pytest.param(("a", "b", 1), (3, 10), id="an item"),
        pytest.param(("a", "b", 9), (3, 3), id="an item that is not there"),
        pytest.param(("a", "x", "y"), (2, 1), id="a key that is not there"),
        pytest.param(("c", "d"), (4, 5), id="in braces"),
    ],
)
def test_every_value_knows_where_it_stood(
    path: tuple[str | int, ...], position: tuple[int, int]
) -> None:
    text = "# é\na:\n  b: [é, 2]\nc: {d: 1}\n"
    assert read_yaml(text).position(path) == position


def test_a_key_given_twice_is_an_error_and_the_first_counts() -> None:
    document = read_yaml("a: 1\nb: {c: 1, c: 2}\na: 2")
    assert document.data == {"a": 1, "b": {"c": 1}}
    assert [(f.path, f.message) for f in document.findings] == [
        (("b", "c"), "given twice; it stands in line 2 too"),
        (("a",), "given twice; it stands in line 1 too"),
    ]


def test_an_alias_repeats_a_value_and_a_merge_key_fills_in() -> None:
    text = "a: &a {x: 1, y: 2}\nb: *a\nc: {<<: *a, y: 3}\nd: {y: 4, <<: [{y: 5, z: 6}, *a]}\n"
    document = read_yaml(text)
    assert document.findings == ()
    assert document.data == {
        "a": {"x": 1, "y": 2},
        "b": {"x": 1, "y": 2},
        "c": {"x": 1, "y": 3},
        "d": {"x": 1, "y": 4, "z": 6},
    }
    assert document.position(("b",)) == (2, 1)
    assert document.position(("b", "x")) == (1, 8)
    assert document.position(("c", "x")) == (1, 8)
    assert document.position(("a",)) == (1, 1)


def test_a_quoted_merge_key_is_a_key() -> None:
    assert read_yaml("'<<': {a: 1}").data == {"<<": {"a": 1}}


@pytest.mark.parametrize(
    ("text", "position", "message"),
    [
        (
            "a: [1, 2",
            (2, 1),
            "not YAML: did not find expected ',' or ']' (in a flow sequence that began in line 1)",
        ),
        (
            "a: b: c",
            (1, 5),
            "not YAML: a key cannot stand here; check the indentation, and put text that contains "
            "': ' in quotes",
        ),
        (
            "a:\n\t- b",
            (2, 1),
            "not YAML: no value can begin with this character; indent with spaces, not tabs, and "
            "put text that begins with @, ` or % in quotes",
        ),
        ("k: a\x07b", (1, 5), "not YAML: the character U+0007 may not stand here"),
        ("k: \ud800", (1, 4), "not YAML: the character U+D800 may not stand here"),
        ("a: 1\n---\nb: 1", (2, 1), "a second document begins here; a file has one"),
        ("[1]: 2", (1, 1), "a key must be plain text"),
        ("a: *b", (1, 4), "*b has no complete value &b before it"),
        ("a: &a [*a]", (1, 8), "*a has no complete value &a before it"),
        ("a: {<<: 1}", (1, 9), "only mappings can be merged"),
        (
            "a: !!python/object/apply:os.system [x]",
            (1, 4),
            "the tag !!python/object/apply:os.system is not supported; write the value without it",
        ),
        ("a: !!int 5", (1, 4), "the tag !!int is not supported; write the value without it"),
        ("a: !x {}", (1, 4), "the tag !x is not supported; write the value without it"),
    ],
)
def test_what_is_not_read_is_told_with_its_place(
    text: str, position: tuple[int, int], message: str
) -> None:
    assert found(text) == [(position, message)]


@pytest.mark.parametrize(("levels", "read"), [(MAX_DEPTH, True), (MAX_DEPTH + 1, False)])
def test_nesting_is_bounded(levels: int, read: bool) -> None:
    text = "[" * levels + "1" + "]" * levels
    assert (found(text) == []) is read


def test_a_text_that_only_opens_brackets_is_refused_at_once() -> None:
    ((_, message),) = found("[" * 1_000_000)  # by libyaml itself where it counts to 1,000
    assert message.removeprefix("not YAML: ") == f"nested more than {MAX_DEPTH} levels deep"


@pytest.mark.parametrize(("more", "read"), [(0, True), (1, False)])
def test_what_aliases_repeat_is_bounded(more: int, read: bool) -> None:
    thousand = f"a: &a [{', '.join('1' * 999)}]\n"  # 1,000 values with the list itself
    repeats = MAX_REPEATED // 1000
    text = thousand + f"b: [{', '.join(['*a'] * (repeats + more))}]\n"
    assert (found(text) == []) is read


def test_nested_aliases_that_multiply_are_refused() -> None:
    text = "a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 20)
    )
    ((_, message),) = found(text)
    assert message == f"aliases repeat more than {MAX_REPEATED} values"
