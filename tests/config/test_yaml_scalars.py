import math

import pytest

from imds_sim.config.yaml_scalars import plain_scalar


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("~", None),
        ("null", None),
        ("nULL", "nULL"),
        ("true", True),
        ("False", False),
        ("on", "on"),
        ("off", "off"),
        ("yes", "yes"),
        ("no", "no"),
        ("n", "n"),
        ("0", 0),
        ("-12", -12),
        ("+7", 7),
        ("111122223333", 111122223333),
        ("012345678901", "012345678901"),
        ("00", "00"),
        ("0o17", 15),
        ("0x1F", 31),
        ("0b11", "0b11"),
        ("1_000", "1_000"),
        ("1.5", 1.5),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("0.5", 0.5),
        ("00.5", "00.5"),
        (".", "."),
        ("1:30", "1:30"),
        ("2012-10-17", "2012-10-17"),
        ("6h35m", "6h35m"),
        (".inf", math.inf),
        ("-.INF", -math.inf),
        ("9" * 100, int("9" * 100)),
        ("9" * 101, float("9" * 101)),
    ],
)
def test_an_unquoted_scalar_means_what_yaml_1_2_says(text: str, value: object) -> None:
    read = plain_scalar(text)
    assert read == value
    assert type(read) is type(value)


def test_not_a_number_is_a_float() -> None:
    assert math.isnan(float(plain_scalar(".nan") or 0))


def test_a_number_of_thousands_of_digits_is_read_without_complaint() -> None:
    assert plain_scalar("9" * 10_000) == math.inf
