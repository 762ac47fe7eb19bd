import pytest

from imds_sim.containers.go_url import parse


@pytest.mark.parametrize(
    ("target", "path", "clean"),
    [
        ("/a/b", "/a/b", "/a/b"),
        ("/a/b/", "/a/b/", "/a/b/"),
        ("//a///b", "//a///b", "/a/b"),
        ("/a/./b/../c", "/a/./b/../c", "/a/c"),
        ("/../..", "/../..", "/"),
        ("/a/%2e%2E/b", "/a/../b", "/b"),
        ("/%C3%A4", "/\xc3\xa4", "/\xc3\xa4"),
        ("/", "/", "/"),
        ("*", "*", "/*"),
        ("http://h", "", "/"),
        ("http://h//a?b", "//a", "/a"),
        ("/a?b//c", "/a", "/a"),
    ],
)
def test_paths_are_decoded_and_cleaned(target: str, path: str, clean: str) -> None:
    url = parse("GET", target)
    assert url is not None
    assert (url.path, url.clean_path) == (path, clean)


@pytest.mark.parametrize(
    ("target", "text"),
    [
        ("//a%20b?x=%2F", "/a%20b?x=%2F"),
        ("//a?", "/a?"),
        ("/./%e4%c3%84", "/%E4%C3%84"),
        ("http://h:8//a", "http://h:8/a"),
        ("//\xe4", "/%E4"),
    ],
)
def test_a_cleaned_url_is_written_again(target: str, text: str) -> None:
    url = parse("GET", target)
    assert url is not None
    assert url.at(url.clean_path) == text


@pytest.mark.parametrize(
    "target", ["", "a", "/%", "/%4g", "/a\tb", "/\x7f", "a:80", "http://^/", "http:/a"]
)
def test_what_go_cannot_parse_is_none(target: str) -> None:
    assert parse("GET", target) is None


def test_connect_names_an_authority() -> None:
    url = parse("CONNECT", "h:80")
    assert url is not None
    assert url.at("/") == "//h:80/"


def test_text_beyond_latin_1_does_no_harm() -> None:
    assert parse("GET", "/\N{SNOWMAN}") is not None
