"""The JSON body of a request: one object of known keys."""

import json
from collections.abc import Iterable

from imds_sim.admin.errors import BodyInvalid


def read_object(body: bytes, keys: Iterable[str] | None = None) -> dict[str, object]:
    """The object in `body`, with no other than `keys` if they are given. Raises BodyInvalid."""
    try:
        read = json.loads(body)
    except (ValueError, RecursionError):
        raise BodyInvalid("the body must be a JSON object") from None
    if not isinstance(read, dict):
        raise BodyInvalid("the body must be a JSON object")
    if keys is not None and (unknown := sorted(set(read) - set(keys))):
        raise BodyInvalid(f"there is no {unknown[0]!r} here; allowed: {', '.join(keys)}")
    return read
