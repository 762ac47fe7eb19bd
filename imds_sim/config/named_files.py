"""The files that a configuration names: found beside it, read within limits."""

import stat
from dataclasses import dataclass
from pathlib import Path

from imds_sim.config.schema.text import shown


@dataclass(frozen=True, slots=True)
class NamedFiles:
    """Relative names count from `directory`, that of the configuration file."""

    directory: Path

    def locate(self, text: str) -> Path:
        """The absolute path that `text` means."""
        return self.directory / text

    def read(self, text: str, limit: int) -> bytes:
        """The content of a regular file, at most `limit` bytes. Raises ValueError."""
        path = self.locate(text)
        try:
            if not path.exists():
                raise ValueError(f"there is no file {shown(text)}")
            if not path.is_file():  # a pipe or a device could block for ever
                raise ValueError(f"{shown(text)} is not a file")
            with path.open("rb") as file:
                content = file.read(limit + 1)
        except OSError as error:
            raise ValueError(f"{shown(text)} cannot be read: {error.strerror}") from None
        if len(content) > limit:
            raise ValueError(f"{shown(text)} has more than {limit} bytes")
        return content

    def mode(self, text: str) -> int:
        """The permissions of a file. Raises ValueError."""
        try:
            return stat.S_IMODE(self.locate(text).stat().st_mode)
        except OSError as error:
            raise ValueError(f"{shown(text)} cannot be read: {error.strerror}") from None
