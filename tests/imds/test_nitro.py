import pytest

from imds_sim.imds.nitro import NOT_FOUND_PAGE, keeps_connection
from imds_sim.kernel.message import Headers, Request


def test_the_page_of_404_is_that_of_the_recordings() -> None:
    assert len(NOT_FOUND_PAGE) == 339
    assert NOT_FOUND_PAGE.endswith(b"</html>\n")
    assert NOT_FOUND_PAGE.split(b"\n")[2].startswith(b'\t\t "http://www.w3.org')


@pytest.mark.parametrize(
    ("version", "fields", "keeps"),
    [
        ("1.1", [], False),
        ("1.1", [("Connection", "keep-alive")], True),
        ("1.1", [("connection", "TE, Keep-Alive")], True),
        ("1.1", [("Connection", "close")], False),
        ("1.1", [("Connection", "keep-alive"), ("Connection", "close")], False),
        ("1.1", [("Connection", "keep-alive"), ("Expect", "100-continue")], False),
        ("1.1", [("Keep-Alive", "timeout=5")], False),
        ("1.0", [("Connection", "keep-alive")], False),
    ],
)
def test_a_connection_is_kept_only_where_the_client_asks(
    version: str, fields: list[tuple[str, str]], keeps: bool
) -> None:
    assert keeps_connection(Request("GET", "/", Headers(fields), version=version)) is keeps
