"""Condition operators: each compiles the values of a policy into one test of a request's value.

Only the positive forms are here; a negated operator is true where its positive form is not.
Source: IAM User Guide, "IAM JSON policy elements: Condition operators".
"""

import re
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from operator import eq, ge, gt, le, lt
from typing import TypeVar

from imds_sim.iam.context import RequestContext
from imds_sim.iam.instants import parse_instant
from imds_sim.iam.text_operators import (
    Compile,
    Test,
    arn_like,
    boolean,
    string_equals,
    string_equals_ignore_case,
    string_like,
)

Value = TypeVar("Value")

_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)", re.ASCII)


def _binary_equals(values: Sequence[str], _: bool) -> Test:
    return _compare(values, _binary, eq)


def _ip_address(values: Sequence[str], _: bool) -> Test:
    networks = [network for network in map(_network, values) if network is not None]

    def fits(presented: str, _: RequestContext) -> bool:
        try:
            address = ip_address(presented)
        except ValueError:
            return False
        return any(address in network for network in networks)

    return fits


def _numeric(holds: Callable[[Decimal, Decimal], bool]) -> Compile:
    return lambda values, _: _compare(values, parse_number, holds)


def _date(holds: Callable[[Decimal, Decimal], bool]) -> Compile:
    return lambda values, _: _compare(values, parse_instant, holds)


def _null(values: Sequence[str], _: bool) -> Test:
    """The value that is presented says whether the key is absent."""
    wanted = frozenset(value.lower() for value in values)
    return lambda presented, _: presented in wanted


OPERATORS: Mapping[str, Compile] = {
    "StringEquals": string_equals,
    "StringEqualsIgnoreCase": string_equals_ignore_case,
    "StringLike": string_like,
    "NumericEquals": _numeric(eq),
    "NumericLessThan": _numeric(lt),
    "NumericLessThanEquals": _numeric(le),
    "NumericGreaterThan": _numeric(gt),
    "NumericGreaterThanEquals": _numeric(ge),
    "DateEquals": _date(eq),
    "DateLessThan": _date(lt),
    "DateLessThanEquals": _date(le),
    "DateGreaterThan": _date(gt),
    "DateGreaterThanEquals": _date(ge),
    "Bool": boolean,
    "BinaryEquals": _binary_equals,
    "IpAddress": _ip_address,
    "ArnEquals": arn_like,  # the two are one
    "ArnLike": arn_like,
    "Null": _null,
}
NEGATED: Mapping[str, str] = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "NumericNotEquals": "NumericEquals",
    "DateNotEquals": "DateEquals",
    "NotIpAddress": "IpAddress",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
}


def parse_number(text: str) -> Decimal | None:
    """An integer or a decimal, without exponent; None if it is no number."""
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def _network(text: str) -> IPv4Network | IPv6Network | None:
    try:
        return ip_network(text, strict=False)
    except ValueError:
        return None


def _binary(text: str) -> bytes | None:
    try:
        return b64decode(text, validate=True)
    except (Base64Error, ValueError):
        return None


def _compare(
    values: Sequence[str],
    parse: Callable[[str], Value | None],
    holds: Callable[[Value, Value], bool],
) -> Test:
    """Compare parsed values; what does not parse holds nothing, on either side."""
    wanted = [value for value in map(parse, values) if value is not None]

    def fits(presented: str, _: RequestContext) -> bool:
        given = parse(presented)
        return given is not None and any(holds(given, each) for each in wanted)

    return fits
