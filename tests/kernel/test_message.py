from http import HTTPStatus

import pytest

from imds_sim.kernel.message import Headers, Request, Response, reason_phrase


def test_header_names_are_found_in_any_case_and_the_first_value_wins() -> None:
    headers = Headers([("X-Token", "a"), ("x-TOKEN", "b")])
    assert headers.get("x-token") == "a"
    assert headers.all("x-token") == ["a", "b"]
    assert "x-token" in headers
    assert "host" not in headers
    assert headers.get("host") is None


def test_headers_keep_their_order_and_case() -> None:
    fields = [("Host", "h"), ("X-Token", "a"), ("x-TOKEN", "b")]
    assert list(Headers(fields)) == fields


def test_a_target_is_split_at_its_first_question_mark() -> None:
    request = Request("GET", "/a?b=c?d")
    assert (request.path, request.query) == ("/a", "b=c?d")


def test_no_secret_shows_in_the_repr_of_a_request() -> None:
    request = Request("GET", "/a?secret=hunter2", Headers([("X-Token", "hunter2")]), b"hunter2")
    assert "hunter2" not in repr(request) + repr(request.headers)


def test_a_response_head_is_written_to_the_byte() -> None:
    response = Response(405, "Not Allowed", (("Allow", "OPTIONS, PUT"), ("Content-Length", "0")))
    assert response.head() == (
        b"HTTP/1.1 405 Not Allowed\r\nAllow: OPTIONS, PUT\r\nContent-Length: 0\r\n\r\n"
    )


def test_a_list_field_is_read_across_its_repeats_and_in_any_case() -> None:
    headers = Headers([("Connection", "upgrade,  Keep-Alive"), ("connection", "TE")])
    assert headers.lists("connection", "keep-alive")
    assert headers.lists("connection", "te")
    assert not headers.lists("connection", "keep")
    assert not headers.lists("expect", "te")


@pytest.mark.parametrize(
    ("status", "phrase"),
    [
        (HTTPStatus.OK, "OK"),
        (HTTPStatus.NOT_FOUND, "Not Found"),
        (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "Request Entity Too Large"),
    ],
)
def test_a_reason_phrase_is_the_same_under_every_python(status: HTTPStatus, phrase: str) -> None:
    assert reason_phrase(status) == phrase
