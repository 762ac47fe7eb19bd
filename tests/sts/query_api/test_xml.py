from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imds_sim.sts.errors import AccessDenied, ApiError, InvalidAction, MalformedInput
from imds_sim.sts.query_api.xml import render_error, render_result

NAMESPACE = "{https://sts.amazonaws.com/doc/2011-06-15/}"


def test_a_result_has_two_spaces_a_level_and_a_final_newline() -> None:
    assert render_result("Op", [("A", "1"), ("B", [("C", "2")])], "id") == (
        b'<OpResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">\n'
        b"  <OpResult>\n"
        b"    <A>1</A>\n"
        b"    <B>\n"
        b"      <C>2</C>\n"
        b"    </B>\n"
        b"  </OpResult>\n"
        b"  <ResponseMetadata>\n"
        b"    <RequestId>id</RequestId>\n"
        b"  </ResponseMetadata>\n"
        b"</OpResponse>\n"
    )


def test_an_error_names_type_code_and_message() -> None:
    assert render_error(AccessDenied('it\'s <no> & "no"'), "id") == (
        b'<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">\n'
        b"  <Error>\n"
        b"    <Type>Sender</Type>\n"
        b"    <Code>AccessDenied</Code>\n"
        b'    <Message>it\'s &lt;no&gt; &amp; "no"</Message>\n'
        b"  </Error>\n"
        b"  <RequestId>id</RequestId>\n"
        b"</ErrorResponse>\n"
    )


def test_an_error_without_message_has_no_message_element() -> None:
    assert b"<Message>" not in render_error(MalformedInput(None), "id")


@pytest.mark.parametrize(
    ("error", "namespace"),
    [
        (InvalidAction("x"), b'xmlns="http://webservices.amazon.com/AWSFault/2005-15-09"'),
        (AccessDenied("x"), b'xmlns="https://sts.amazonaws.com/doc/2011-06-15/"'),
    ],
)
def test_what_fails_before_an_operation_is_found_has_another_namespace(
    error: ApiError, namespace: bytes
) -> None:
    assert namespace in render_error(error, "id")


@given(st.text())
def test_no_text_breaks_a_document(text: str) -> None:
    document = ElementTree.fromstring(render_error(AccessDenied(text), "id"))
    read = document.findtext(f"{NAMESPACE}Error/{NAMESPACE}Message") or ""
    assert len(read) == len(text)
    assert all(a == b or b == "\ufffd" for a, b in zip(text, read, strict=True))
