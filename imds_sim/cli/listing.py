"""Documents of the daemon read with care, and lined up in columns."""

from collections.abc import Iterable, Sequence


def mappings(value: object) -> list[dict[str, object]]:
    """The objects in a JSON list; nothing where there is no list."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def mapping(value: object) -> dict[str, object]:
    """A JSON object; an empty one where there is none."""
    return value if isinstance(value, dict) else {}


def strings(value: object) -> list[str]:
    """A JSON list as texts."""
    return [str(each) for each in value] if isinstance(value, list) else []


AGENT = 40  # characters shown of a user agent


def user_agent(text: object) -> str:
    """A user agent as a column has room for it."""
    told = str(text)
    return told if len(told) <= AGENT else f"{told[: AGENT - 3]}..."


def counted(count: object, noun: str, plural: str | None = None) -> str:
    """A number with its noun: `1 hit`, `2 hits`."""
    return f"{count} {noun if count == 1 else plural or f'{noun}s'}"


def columns(rows: Iterable[Sequence[str]], indent: str = "  ") -> list[str]:
    """Rows of equal length as lines, each column as wide as its widest text."""
    listed = list(rows)
    widths = [max(map(len, column)) for column in zip(*listed, strict=True)]
    return [
        indent
        + "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
        for row in listed
    ]
