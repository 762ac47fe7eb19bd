"""Changes of the machine: done and said, or in a dry run only said."""

import subprocess
from collections.abc import Callable
from pathlib import Path

from imds_sim.cli.system.errors import NotAllowed, NotOnThisMachine

Say = Callable[[str], None]
DROP_INS = "imds-sim.service.d"
LONGEST = 660.0  # seconds: a service may drain for ten minutes
_NOT_ALLOWED = ("permission denied", "access denied", "authentication required")


class Doing:
    """Says what it does, and does it unless it is a dry run.

    Raises NotAllowed, NotOnThisMachine.
    """

    def __init__(self, say: Say, dry_run: bool) -> None:
        self.say = say
        self._dry_run = dry_run

    def write(self, path: Path, text: str) -> None:
        """A file that everybody may read."""
        self.say(f"write {path}")
        if self._dry_run:
            return
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
            path.chmod(0o644)
        except PermissionError as error:
            raise NotAllowed(f"{path}: {error.strerror}; run it with sudo") from error
        except OSError as error:
            raise NotOnThisMachine(f"{path}: {error.strerror}") from error

    def remove(self, path: Path) -> None:
        """A file or link, and the folder of drop-ins that it leaves empty."""
        self.say(f"remove {path}")
        if self._dry_run:
            return
        try:
            path.unlink()
            if path.parent.name == DROP_INS and not any(path.parent.iterdir()):
                path.parent.rmdir()
        except PermissionError as error:
            raise NotAllowed(f"{path}: {error.strerror}; run it with sudo") from error

    def run(self, *argv: str) -> None:
        """A command that must end well."""
        self.say(f"run {' '.join(argv)}")
        if not self._dry_run:
            asked(*argv)


def asked(*argv: str) -> str:
    """What a command prints. Raises NotAllowed, NotOnThisMachine."""
    try:
        done = subprocess.run(argv, capture_output=True, text=True, timeout=LONGEST)
    except FileNotFoundError:
        told = f"{argv[0]} is not installed: is this machine run by systemd?"
        raise NotOnThisMachine(told) from None
    except subprocess.TimeoutExpired:
        raise NotOnThisMachine(f"{' '.join(argv)}: no end after {LONGEST:.0f} s") from None
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [f"status {done.returncode}"]
        line = f"{' '.join(argv)}: {lines[-1]}"
        if any(reason in done.stderr.lower() for reason in _NOT_ALLOWED):
            raise NotAllowed(f"{line}; run it with sudo")
        raise NotOnThisMachine(line)
    return done.stdout
