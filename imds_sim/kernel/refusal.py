"""A refusal that a fault asks for: every surface words it in its own way."""

from http import HTTPStatus
from typing import NamedTuple


class Refusal(NamedTuple):
    """`code` and `text` are the surface's own words where the fault names a certain refusal."""

    status: HTTPStatus
    code: str | None = None
    text: str | None = None
