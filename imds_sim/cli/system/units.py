"""The unit files of systemd, for this installation: which there are, and with which paths."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from imds_sim.cli.system.errors import NotOnThisMachine

PROGRAM = "/opt/imds-sim/bin/imds-sim"  # as the shipped texts have it
CONFIG = "/etc/imds-sim/config.yaml"
MARK = "# Installed by imds-sim install-systemd; uninstall-systemd removes it.\n"
UNITS = "etc/systemd/system"
SERVICE = "imds-sim.service"
SOCKETS = {
    "imds": "imds-sim.socket",
    "sts": "imds-sim-sts.socket",
    "ecs": "imds-sim-ecs.socket",
    "eks": "imds-sim-eks.socket",
    "lambda": "imds-sim-lambda.socket",
}
TARGET = "imds-sim-addresses.target"
TEMPLATE = "imds-sim-address@.service"
NOTIFY_RELOAD_SINCE = 253
_HOMES = ("/home/", "/root/", "/run/user/")


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be installed: the socket-activated service, or the one with a capability.

    `addresses` are whole prefixes; `version` is that of systemd, None where it is not known.
    """

    program: str
    config: str = CONFIG
    sockets: bool = True
    surfaces: Sequence[str] = tuple(SOCKETS)
    addresses: Sequence[str] = ()
    version: int | None = None

    def files(self) -> Iterator[tuple[str, str]]:
        """Path below the root and content of each file."""
        place = "" if self.sockets else "capability/"
        yield f"{UNITS}/{SERVICE}", self._text(f"{place}{SERVICE}")
        if self.sockets:
            for surface in self.surfaces:
                yield f"{UNITS}/{SOCKETS[surface]}", self._text(SOCKETS[surface])
        if self.addresses:
            yield f"{UNITS}/{TEMPLATE}", self._text(f"addresses/{TEMPLATE}")
            yield f"{UNITS}/{TARGET}", self._text(f"addresses/{TARGET}")
        if self.version is not None and self.version >= NOTIFY_RELOAD_SINCE:
            yield f"{UNITS}/{SERVICE}.d/notify-reload.conf", self._text("notify-reload.conf")
        yield "etc/sysusers.d/imds-sim.conf", self._text("sysusers.conf")

    def enabled(self) -> list[str]:
        """The units to enable and start, in that order."""
        instances = [f"imds-sim-address@{escaped(each)}.service" for each in self.addresses]
        targets = [TARGET] if self.addresses else []
        sockets = [SOCKETS[surface] for surface in self.surfaces] if self.sockets else []
        return [*instances, *targets, *sockets, SERVICE]

    def _text(self, name: str) -> str:
        text = (shipped() / name).read_text("utf-8")
        return MARK + text.replace(PROGRAM, self.program).replace(CONFIG, self.config)


def shipped() -> Path:
    """The folder of the shipped texts: in the package, or beside it in a checkout."""
    package = Path(__file__).parent.parent.parent
    inside = package / "systemd"
    return inside if inside.is_dir() else package.parent / "systemd"


def escaped(prefix: str) -> str:
    """As `systemd-escape` writes it: 169.254.169.254/32 becomes 169.254.169.254-32."""
    return prefix.replace("-", "\\x2d").replace("/", "-")


def this_program() -> str:
    """The path of the installed command. Raises NotOnThisMachine where a unit cannot reach it."""
    program = Path(sys.executable).parent / "imds-sim"
    if not program.exists():
        raise NotOnThisMachine(f"{program} is missing; install imds-sim into a virtual environment")
    for home in _HOMES:
        if str(program).startswith(home) or str(program.resolve()).startswith(home):
            raise NotOnThisMachine(
                f"{program} is in a home, which the service cannot see; install it elsewhere: "
                "sudo python3 -m venv /opt/imds-sim && sudo /opt/imds-sim/bin/pip install imds-sim"
            )
    return str(program)
