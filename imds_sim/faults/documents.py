"""Credentials documents changed: members missing, more than usual, or written otherwise."""

from collections.abc import Callable
from datetime import datetime, timedelta

from imds_sim.faults.edits import HUGE, Edit, Members, members
from imds_sim.kernel.timestamps import iso_seconds

EXPIRATION = "Expiration"
MEMBERS = (
    "AccessKeyId",
    "SecretAccessKey",
    "Token",
    "Expiration",
    "Code",
    "LastUpdated",
    "Type",
    "AccountId",
    "RoleArn",
)
_DATES = (EXPIRATION, "LastUpdated")


def without(name: str) -> Edit:
    """The document lacks a member."""
    return members(lambda document: {k: v for k, v in document.items() if k != name})


def more(document: Members) -> Members:
    """Members that no client knows, of every kind."""
    return {**document, "X-Note": "new", "Numbers": [1, 2.5], "Nested": {"a": None, "b": True}}


def huge(document: Members) -> Members:
    """A member of more than 64 KiB."""
    return {**document, "Padding": "x" * HUGE}


def lowercase(document: Members) -> Members:
    """Every name in lower case."""
    return {name.lower(): value for name, value in document.items()}


def failed(code: str) -> Edit:
    """200 with a code other than Success, and nothing to sign with."""

    def change(document: Members) -> Members:
        updated = {n: document[n] for n in ("LastUpdated",) if n in document}
        return {"Code": code, "Message": f"The credentials are not available: {code}.", **updated}

    return members(change)


def account(shown: bool, number: Callable[[Members], str]) -> Edit:
    """The document with or without the account."""

    def change(document: Members) -> Members:
        rest = {n: v for n, v in document.items() if n != "AccountId"}
        return {**rest, "AccountId": number(document)} if shown else rest

    return members(change)


def account_of(document: Members) -> str:
    """The account that the document itself tells of, else that of the documentation."""
    arn = str(document.get("RoleArn", "")).split(":")
    return str(document.get("AccountId") or (arn[4] if len(arn) > 4 else "111122223333"))


def dated(write: Callable[[datetime], object], names: tuple[str, ...] = _DATES) -> Edit:
    """The dates of the document, written otherwise."""

    def change(document: Members) -> Members:
        return {
            name: write(datetime.fromisoformat(value))
            if name in names and isinstance(value, str)
            else value
            for name, value in document.items()
        }

    return members(change)


def microseconds(moment: datetime) -> str:
    """`2026-01-02T03:04:05.123456Z`."""
    return iso_seconds(moment).replace("Z", ".123456Z")


def with_offset(moment: datetime) -> str:
    """`2026-01-02T03:04:05+00:00`, as Python's isoformat has it."""
    return iso_seconds(moment).replace("Z", "+00:00")


def basic(moment: datetime) -> str:
    """`20260102T030405Z`, the basic format of ISO 8601."""
    return iso_seconds(moment).replace("-", "").replace(":", "")


def nothing(moment: datetime) -> None:
    """A null in place of the date."""


def later(by: timedelta) -> Callable[[datetime], str]:
    """The date as a clock that is fast by so much would write it."""
    return lambda moment: iso_seconds(moment + by)
