"""Why a configuration was not taken: every error at once, each with its place."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from imds_sim.kernel.errors import SimError


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, or a warning: `FILE:LINE:COLUMN: dotted.key: message`.

    `line` and `column` count from 1 and are None for a configuration made in Python; `key` is empty
    where the file as a whole is meant.
    """

    source: str
    line: int | None
    column: int | None
    key: str
    message: str

    def __str__(self) -> str:
        place = self.source if self.line is None else f"{self.source}:{self.line}:{self.column}"
        return f"{place}: {self.key}: {self.message}" if self.key else f"{place}: {self.message}"


class ConfigError(SimError):
    """A configuration that was not taken. `errors` is for programs, `str()` is for people."""

    exit_status: ClassVar[int]  # sysexits(3)

    def __init__(self, errors: Iterable[Problem]) -> None:
        self.errors = tuple(errors)
        super().__init__("\n".join(str(error) for error in self.errors))


class ConfigNotReadable(ConfigError):
    """The file is missing or cannot be read."""

    exit_status = 66


class ConfigInvalid(ConfigError):
    """The file was read and refused whole; the errors are in the order of their positions."""

    exit_status = 78
