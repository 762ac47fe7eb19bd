from datetime import timedelta
from urllib.parse import quote

import pytest

from imds_sim.sts.constraints import ABSENT
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


def test_a_list_may_come_in_any_order_and_have_gaps() -> None:
    parameters = Parameters.of(
        "K.member.10=j&K.member.2=b&K.member.7=g&K.member.x=y&Kx.member.1=z&K.member.2=again"
    )
    assert parameters.texts("K") == ("b", "g", "j")


@pytest.mark.parametrize("form", ["", "K=", "K", "K=&J.member.1=x"])
def test_an_empty_list_is_as_good_as_none(form: str) -> None:
    assert Parameters.of(form).texts("K") == ()
    assert Parameters.of(form).structures("K") == ()


def test_a_structure_lacks_what_was_not_sent_and_has_what_is_empty() -> None:
    [one, two] = Parameters.of("T.member.1.Key=a%20b&T.member.2.Value=").structures("T")
    assert (one.required("Key"), one.required("Value") is ABSENT) == ("a b", True)
    assert (two.required("Key") is ABSENT, two.required("Value")) == (True, "")
    assert two.required("Value") is not ABSENT


def test_an_element_without_fields_is_an_element() -> None:
    [element] = Parameters.of("T.member.1=").structures("T")
    assert element.get("Key") is None


def test_a_duration_has_its_default() -> None:
    default = timedelta(hours=1)
    assert Parameters.of("").duration("D", default) == default
    assert Parameters.of("D=%2B0900").duration("D", default) == timedelta(minutes=15)
    with pytest.raises(MalformedInput):
        Parameters.of("D=9e2").duration("D", default)
