from urllib.parse import quote

import pytest

from imds_sim.sts.errors import MalformedInput, MalformedQueryString
from imds_sim.sts.query_api.parameters import Parameters, check_escapes


@pytest.mark.parametrize(
    ("form", "values"),
    [
        ("", {}),
        ("a=b", {"a": "b"}),
        ("a", {"a": ""}),
        ("a=", {"a": ""}),
        ("=b", {}),
        ("a=b=c", {"a": "b=c"}),
        ("a=b&a=c", {"a": "b"}),
        ("a&a=c", {"a": ""}),
        ("&&a=b&", {"a": "b"}),
        ("a+b=c+d", {"a b": "c d"}),
        ("%41=%c3%a9", {"A": "é"}),
        ("A=1&%41=2", {"A": "1"}),
        ("%41=1&A=2", {"A": "1"}),
        ("a=%ff", {"a": "\ufffd"}),
        ("a=%zz&b=%", {"a": "%zz", "b": "%"}),
        ("a=é", {"a": "é"}),
    ],
)
def test_a_form_is_decoded_and_the_first_value_wins(form: str, values: dict[str, str]) -> None:
    parameters = Parameters.of(form)
    assert {name: parameters.get(name) for name in values} == values
    assert parameters.get("") is None


def test_the_query_of_a_post_goes_before_its_body() -> None:
    parameters = Parameters.of("Action=A", "Action=B&Version=1")
    assert (parameters.get("Action"), parameters.get("Version")) == ("A", "1")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("900", 900),
        ("+900", 900),
        ("0900", 900),
        ("-1", -1),
        ("0" * 40 + "7", 7),
        ("2147483647", 2147483647),
        ("-2147483648", -2147483648),
    ],
)
def test_an_integer_is_signed_and_has_32_bits(text: str, number: int) -> None:
    assert Parameters.of(f"N={quote(text)}").integer("N") == number


@pytest.mark.parametrize(
    "text",
    ["2147483648", "-2147483649", "900.0", "abc", " 900", "9 00", "٩", "0x10", "--1", "9" * 99],
)
def test_what_is_no_integer_has_an_error_without_message(text: str) -> None:
    with pytest.raises(MalformedInput) as refused:
        Parameters.of(f"N={quote(text)}").integer("N")
    assert refused.value.message is None


def test_an_empty_integer_is_missing_its_value() -> None:
    with pytest.raises(MalformedInput, match=r"^missing value for decimal type$"):
        Parameters.of("N=").integer("N")
    assert Parameters.of("").integer("N") is None


def test_an_empty_list_was_not_given_but_its_elements_are() -> None:
    parameters = Parameters.of("Tags=&Policy=%7B%7D&PolicyArns.member.1.arn=&Tagsy.member.1=x")
    assert parameters.given(["PolicyArns", "Policy", "Tags", "Absent"]) == ["PolicyArns", "Policy"]


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ("a=%", "Incomplete trailing escape % sequence"),
        ("a=%4", "Incomplete trailing escape % sequence"),
        ("a=%4g", "Illegal hex character in escape % pattern: %4g"),
        ("a=%zz%", "Illegal hex character in escape % pattern: %zz"),
    ],
)
def test_a_bad_escape_is_named(form: str, message: str) -> None:
    with pytest.raises(MalformedQueryString) as refused:
        check_escapes(["a=%41", form])
    assert refused.value.message == message


def test_good_escapes_pass() -> None:
    check_escapes(["", "a=%41%c3%A9&b"])
