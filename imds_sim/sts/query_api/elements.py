"""What a result is made of, before it becomes XML or JSON."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from imds_sim.sts.errors import ApiError

# A name with a text, a number, an instant or further elements. The two formats differ over
# instants: ISO 8601 in XML, seconds since the epoch in JSON.
Element = tuple[str, "str | int | datetime | Sequence[Element]"]
Elements = Sequence[Element]


@dataclass(frozen=True, slots=True)
class DocumentForm:
    """How a document is written: of a result (operation, elements, request id), of an error."""

    media_type: str
    result: Callable[[str, Elements, str], bytes]
    error: Callable[[ApiError, str], bytes]
