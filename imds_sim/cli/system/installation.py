"""Puts unit files into a root directory and tells systemd; takes them away again."""

import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

from imds_sim.cli.system.errors import NotAllowed, NotOnThisMachine
from imds_sim.cli.system.units import MARK, SERVICE, UNITS, Plan

FIRST_CONFIG = """\
# See `imds-sim schema` and the sample full.yaml for every key; check with `imds-sim check`.
state_dir: /var/lib/imds-sim
roles: {web: {}}
instances: {web-1: {role: web}}
"""
OUR_FILES = (f"{UNITS}/imds-sim*", f"{UNITS}/imds-sim.service.d/*", "etc/sysusers.d/imds-sim.conf")
Say = Callable[[str], None]


def systemd_version() -> int | None:
    """The version of the systemd that is installed, or None."""
    if shutil.which("systemctl") is None:
        return None
    found = re.match(r"systemd (\d+)", _run("systemctl", "--version"))
    return int(found[1]) if found else None


def install(plan: Plan, root: Path, say: Say, *, dry_run: bool) -> None:
    """Write the files of `plan` below `root`; in a dry run, say what would be done.

    A configuration is written if there is none. Where `root` is this machine's, systemd loads,
    enables and starts the units. Raises NotAllowed, NotOnThisMachine.
    """
    say_or_do = _Doing(say, dry_run)
    for path, text in plan.files():
        say_or_do.write(root / path, text)
    config = root / plan.config.lstrip("/")
    if not config.exists():
        say_or_do.write(config, FIRST_CONFIG)
    if root == Path("/"):
        say_or_do.run("systemd-sysusers", "/etc/sysusers.d/imds-sim.conf")
        say_or_do.run("systemctl", "daemon-reload")
        say_or_do.run("systemctl", "enable", "--now", *plan.enabled())


def uninstall(root: Path, say: Say, *, dry_run: bool) -> None:
    """Stop and remove what `install` made; configuration and state stay. Raises NotAllowed."""
    say_or_do = _Doing(say, dry_run)
    files = list(_ours(root))
    if not files:
        say("nothing of imds-sim is installed")
        return
    if root == Path("/"):
        units = [
            path.name for path in files if path.parent == root / UNITS and "@" not in path.name
        ]
        instances = _run("systemctl", "list-units", "--all", "--plain", "--no-legend",
                         "imds-sim-address@*")  # fmt: skip
        units += [line.split()[0] for line in instances.splitlines() if line.strip()]
        say_or_do.run("systemctl", "disable", "--now", *units)
    for path in files:
        say_or_do.remove(path)
    if root == Path("/"):
        say_or_do.run("systemctl", "daemon-reload")


class _Doing:
    """Does things and says so, or says only what would be done."""

    def __init__(self, say: Say, dry_run: bool) -> None:
        self._say = say
        self._dry_run = dry_run

    def write(self, path: Path, text: str) -> None:
        self._say(f"write {path}")
        if self._dry_run:
            return
        if path.exists() and not _is_ours(path):
            raise NotOnThisMachine(f"{path} is not ours; remove it, or install by hand")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
            path.chmod(0o644)
        except PermissionError as error:
            raise NotAllowed(f"{path}: {error.strerror}; run it with sudo") from error

    def remove(self, path: Path) -> None:
        self._say(f"remove {path}")
        if self._dry_run:
            return
        try:
            path.unlink()
            if path.parent.name == f"{SERVICE}.d" and not any(path.parent.iterdir()):
                path.parent.rmdir()
        except PermissionError as error:
            raise NotAllowed(f"{path}: {error.strerror}; run it with sudo") from error

    def run(self, *argv: str) -> None:
        self._say(f"run {' '.join(argv)}")
        if not self._dry_run:
            _run(*argv)


def _ours(root: Path) -> Iterator[Path]:
    for pattern in OUR_FILES:
        yield from (
            path for path in sorted(root.glob(pattern)) if path.is_file() and _is_ours(path)
        )


def _is_ours(path: Path) -> bool:
    return path.read_text("utf-8", "replace").startswith(MARK)


def _run(*argv: str) -> str:
    try:
        done = subprocess.run(argv, capture_output=True, text=True, timeout=120)
    except FileNotFoundError:
        raise NotOnThisMachine(
            f"{argv[0]} is not installed: is this machine run by systemd?"
        ) from (None)
    if done.returncode:
        told = done.stderr.strip().splitlines()[-1:] or [f"status {done.returncode}"]
        raise NotOnThisMachine(f"{' '.join(argv)}: {told[0]}")
    return done.stdout
