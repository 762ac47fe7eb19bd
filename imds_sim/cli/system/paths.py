"""The paths that units name: where the service can see them, and as systemd reads them."""

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from imds_sim.cli.system.errors import NotOnThisMachine

HIDDEN = ("/home", "/root", "/run/user", "/tmp", "/var/tmp")  # by ProtectHome= and PrivateTmp=
_UNWRITABLE = frozenset("\"'\\$")
_REMEDY = (
    "install it elsewhere, with a Python from elsewhere: "
    "sudo /usr/bin/python3 -m venv /opt/imds-sim && sudo /opt/imds-sim/bin/pip install imds-sim"
)


def parse_path(text: str, *, here: bool) -> str:
    """An absolute path that the service can see; one on this machine, `here`, links followed.

    Raises ValueError, in words for the user.
    """
    if not os.path.isabs(text):
        raise ValueError(f"{text!r} is not absolute, and a service has no folder to start from")
    if not text.isprintable() or _UNWRITABLE.intersection(text):
        raise ValueError(f"{text!r}: a unit file takes no quote, backslash, $ or control character")
    for path in (text, os.path.realpath(text)) if here else (text,):
        if (place := hiding(path)) is not None:
            raise ValueError(f"{path} is in {place}, which the service cannot see")
    return text


def hiding(path: str | Path) -> str | None:
    """The folder that hides `path` from the service, or None."""
    plain = Path(os.path.normpath(path))
    return next((place for place in HIDDEN if plain.is_relative_to(place)), None)


def quoted(path: str) -> str:
    """A path of `parse_path` as one word of a command line in a unit; systemd.syntax(7)."""
    plain = path.replace("%", "%%")
    return f'"{plain}"' if " " in plain else plain


@dataclass(frozen=True, slots=True)
class Program:
    """The command, and what it takes to run it: all of it must be where the service sees it."""

    command: Path
    python: Path
    base_prefix: Path
    package: Path

    @classmethod
    def running(cls) -> "Program":
        """This one."""
        python = Path(sys.executable)
        return cls(python.parent / "imds-sim", python, Path(sys.base_prefix), Path(__file__))

    def is_at(self, path: str) -> bool:
        """Whether the command of that path is this one."""
        return Path(path).resolve() == self.command.resolve()

    def check(self) -> None:
        """Raises NotOnThisMachine where the service could not start it."""
        if not self.command.exists():
            raise NotOnThisMachine(
                f"{self.command} is missing; install imds-sim into a virtual environment"
            )
        for part, path in self._parts():
            if (place := hiding(path)) is not None:
                told = f"{self.command}: {part}{path} is in {place}, which the service cannot see"
                raise NotOnThisMachine(f"{told}; {_REMEDY}")

    def _parts(self) -> Iterator[tuple[str, Path]]:
        yield "", self.command
        yield "", self.command.resolve()
        yield "its Python ", self.python.resolve()
        yield "its Python ", self.base_prefix.resolve()
        yield "its package ", self.package.resolve()
