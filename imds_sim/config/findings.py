"""What was found in a configuration: where, what is wrong, and whether it only warns."""

import re
from dataclasses import dataclass

KeyPath = tuple[str | int, ...]  # names of keys, and indexes into lists
_PLAIN_KEY = re.compile(r"[\w-]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to tell about the value at `path`.

    `rests_on` names the values that the judgement was made from: where one of them is wrong itself,
    the finding is dropped. `position` (line and column, from 1) is set only where `path` cannot
    lead to it.
    """

    path: KeyPath
    message: str
    rests_on: tuple[KeyPath, ...] = ()
    warns: bool = False
    position: tuple[int, int] | None = None


def dotted(path: KeyPath) -> str:
    """`users.alice.access_keys[0].id`; a key with dots or blanks stands in quotes."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            key = part if _PLAIN_KEY.fullmatch(part) else f'"{part}"'
            text += f".{key}" if text else key
    return text
