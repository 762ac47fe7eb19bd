"""The files of an installation: which there are, and with which paths and sockets."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from imds_sim.cli.system.doing import DROP_INS
from imds_sim.cli.system.first_config import first_config
from imds_sim.cli.system.paths import quoted

PROGRAM = "/opt/imds-sim/bin/imds-sim"  # as the shipped texts have it
CONFIG = "/etc/imds-sim/config.yaml"
MARK = "# Installed by imds-sim install-systemd; uninstall-systemd removes it.\n"
PAGE_MARK = f'.\\"{MARK[1:]}'  # in the language of man(7)
UNITS = "etc/systemd/system"
PAGES = "usr/local/share/man"
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
ALL_SOCKETS = " ".join(SOCKETS.values())


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be installed: the socket-activated service, or the one with a capability.

    `addresses` are whole prefixes; `version` is that of systemd, None where it is not known;
    `pages` are manual pages by file name.
    """

    program: str
    config: str = CONFIG
    sockets: bool = True
    surfaces: Sequence[str] = tuple(SOCKETS)
    addresses: Sequence[str] = ()
    version: int | None = None
    pages: Mapping[str, str] = field(default_factory=dict)

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
            yield f"{UNITS}/{DROP_INS}/notify-reload.conf", self._text("notify-reload.conf")
        yield "etc/sysusers.d/imds-sim.conf", self._text("sysusers.conf")
        for name, text in self.pages.items():
            yield f"{PAGES}/man{name[-1]}/{name}", PAGE_MARK + text

    def first_config(self) -> str:
        """The configuration to begin with; it names the addresses that no socket unit names."""
        return first_config(() if self.sockets else self.addresses)

    def enabled(self) -> list[str]:
        """The units to enable and start, in that order."""
        instances = [f"imds-sim-address@{escaped(each)}.service" for each in self.addresses]
        targets = [TARGET] if self.addresses else []
        return [*instances, *targets, *self._sockets(), SERVICE]

    def _sockets(self) -> list[str]:
        return [SOCKETS[surface] for surface in self.surfaces] if self.sockets else []

    def _text(self, name: str) -> str:
        text = (shipped() / name).read_text("utf-8")
        text = text.replace(ALL_SOCKETS, " ".join(self._sockets()))
        return MARK + text.replace(PROGRAM, quoted(self.program)).replace(
            CONFIG, quoted(self.config)
        )


def shipped() -> Path:
    """The folder of the shipped texts: in the package, or beside it in a checkout."""
    package = Path(__file__).parent.parent.parent
    inside = package / "systemd"
    return inside if inside.is_dir() else package.parent / "systemd"


def escaped(prefix: str) -> str:
    """As `systemd-escape` writes it: 169.254.169.254/32 becomes 169.254.169.254-32."""
    return prefix.replace("-", "\\x2d").replace("/", "-")
