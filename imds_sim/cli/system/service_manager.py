"""systemd, told of units: that of this machine, or for an image what its systemd finds at boot."""

import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from imds_sim.cli.system.doing import Doing, asked
from imds_sim.cli.system.errors import NotOnThisMachine
from imds_sim.cli.system.units import TEMPLATE, UNITS

BOOTED = Path("/run/systemd/system")  # sd_booted(3)
_INSTANCES = TEMPLATE.replace("@.", "@*.")
_LIBRARIES = ("usr/lib/systemd", "usr/lib64/systemd", "usr/lib/*-linux-*/systemd")


class ServiceManager:
    """The systemd of `root`, which runs `here` or not. Raises NotAllowed, NotOnThisMachine."""

    def __init__(self, root: Path, doing: Doing, *, here: bool, booted: Path = BOOTED) -> None:
        self._root = root
        self._doing = doing
        self._here = here
        self._runs = here and booted.is_dir()

    def check(self) -> None:
        """Raises NotOnThisMachine where units of this machine would never start."""
        if self._here and not self._runs:
            raise NotOnThisMachine(
                "this machine is not run by systemd; for one that will be, an image say, "
                "install below its root: --root DIR"
            )

    def version(self) -> int | None:
        """Its version, or None where none is found."""
        if not self._here:
            found = [
                int(number[1])
                for folder in _LIBRARIES
                for path in self._root.glob(f"{folder}/libsystemd-shared-*.so")
                if (number := re.match(r"libsystemd-shared-(\d+)", path.name))
            ]
            return max(found, default=None)
        if shutil.which("systemctl") is None:
            return None
        told = re.match(r"systemd (\d+)", asked("systemctl", "--version"))
        return int(told[1]) if told else None

    def instances(self) -> set[str]:
        """Units made of our template: what is enabled, and on this machine what is loaded."""
        links = (self._root / UNITS).glob(f"*.wants/{_INSTANCES}")
        found = {link.name for link in links}
        if self._runs and (self._root / UNITS / TEMPLATE).exists():
            told = asked("systemctl", "list-units", "--all", "--plain", "--no-legend", _INSTANCES)
            found |= {line.split()[0] for line in told.splitlines() if line.strip()}
        return found

    def stop(self, units: Sequence[str]) -> None:
        """All at once, so that no socket starts the service again."""
        if self._runs and units:
            self._doing.run("systemctl", "stop", *units)

    def disable(self, units: Sequence[str]) -> None:
        """Stop them, and never start them again."""
        if not units:
            return
        if self._runs:
            self._doing.run("systemctl", "disable", "--now", *units)
        elif shutil.which("systemctl") is not None:
            self._doing.run("systemctl", f"--root={self._root}", "disable", *units)
        else:
            for link in sorted((self._root / UNITS).glob("*.wants/imds-sim*")):
                if link.name in units:
                    self._doing.remove(link)

    def enable(self, units: Sequence[str]) -> None:
        """Start them, now and at every boot; those of an image at its boot."""
        if self._here:
            self._doing.run("systemctl", "enable", "--now", *units)
        elif shutil.which("systemctl") is not None:
            self._doing.run("systemctl", f"--root={self._root}", "enable", *units)
            self._doing.say("start nothing: the units start when the image boots")
        else:
            self._doing.say(
                "enable nothing: systemctl is not installed here; run this in the image: "
                f"systemctl enable {' '.join(units)}"
            )

    def reload(self) -> None:
        """Let it read the files anew."""
        if self._runs:
            self._doing.run("systemctl", "daemon-reload")

    def make_users(self) -> None:
        """Those that sysusers.d names; an image gets them at its boot."""
        if self._here:
            self._doing.run("systemd-sysusers", "/etc/sysusers.d/imds-sim.conf")
