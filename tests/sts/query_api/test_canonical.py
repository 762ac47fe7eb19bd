import pytest

from imds_sim.kernel.message import Headers, Request
from imds_sim.kernel.secret import Secret
from imds_sim.sts.query_api.canonical import Scope, canonical_query, canonical_request, signature


@pytest.mark.parametrize(
    ("query", "canonical"),
    [
        ("", ""),
        ("b=2&a=1", "a=1&b=2"),
        ("a", "a="),
        ("a=b=c", "a=b%3Dc"),
        ("a=x+y", "a=x%20y"),
        ("a=%7e%2a", "a=~%2A"),
        ("&&a=1&", "a=1"),
        ("a=2&a=1", "a=1&a=2"),
        ("a-b=1&a=2", "a=2&a-b=1"),
        ("k=\xc3\xa9", "k=%C3%A9"),
        ("k=%ff", "k=%FF"),
    ],
)
def test_a_query_is_encoded_anew_and_sorted(query: str, canonical: str) -> None:
    assert canonical_query(query) == canonical


def test_header_values_are_trimmed_folded_and_joined() -> None:
    headers = Headers([("X-A", " b  \t c "), ("Host", "h"), ("x-a", "\xa0d"), ("X-B", "no")])
    canonical = canonical_request(Request("GET", "/", headers), ("absent", "host", "x-a"))
    assert canonical == (
        b"GET\n/\n\nhost:h\nx-a:b c,\xa0d\n\nabsent;host;x-a\n"
        b"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    )


def test_the_signature_is_that_of_the_aws_test_suite() -> None:
    """get-vanilla of aws-sig-v4-test-suite, whose service is named `service`."""
    request = Request(
        "GET",
        "/",
        Headers([("Host", "example.amazonaws.com"), ("X-Amz-Date", "20150830T123600Z")]),
    )
    assert (
        signature(
            request,
            ("host", "x-amz-date"),
            Scope("20150830", "us-east-1", "service"),
            "20150830T123600Z",
            Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
        )
        == "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"
    )
