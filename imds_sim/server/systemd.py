"""The notification protocol of systemd: one datagram a message.

Source: sd_notify(3), systemd.service(5).
"""

import logging
import os
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Self

log = logging.getLogger(__name__)

MARGIN = timedelta(seconds=5)  # for what comes after the drain: the control surface, files


@dataclass(frozen=True, slots=True)
class Notifier:
    """Tells the service manager what the daemon does; silent where there is none.

    `watchdog_every` is half of what the manager allows between two signs of life, or None.
    """

    address: str | None = None
    watchdog_every: timedelta | None = None
    _unreachable: list[bool] = field(default_factory=list)

    @classmethod
    def of(cls, environ: Mapping[str, str], pid: int) -> Self:
        """Read NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID; a foreign WATCHDOG_PID is ignored."""
        address = environ.get("NOTIFY_SOCKET") or None
        allowed = environ.get("WATCHDOG_USEC", "")
        ours = environ.get("WATCHDOG_PID", str(pid)) == str(pid)
        if not (address and ours and allowed.isdecimal() and int(allowed) > 0):
            return cls(address)
        return cls(address, timedelta(microseconds=int(allowed)) / 2)

    def ready(self, status: str) -> None:
        """Started, or done with a reload (a failed one too, or the unit hangs in it)."""
        self._send("READY=1", f"STATUS={status}")

    def reloading(self) -> None:
        """A reload begins; the time lets Type=notify-reload tell it from an older one."""
        microseconds = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
        self._send("RELOADING=1", f"MONOTONIC_USEC={microseconds}")

    def stopping(self, drain_timeout: timedelta) -> None:
        """The drain begins; the manager's patience shall not end before it does."""
        microseconds = (drain_timeout + MARGIN) // timedelta(microseconds=1)
        self._send("STOPPING=1", "STATUS=draining", f"EXTEND_TIMEOUT_USEC={microseconds}")

    def alive(self) -> None:
        """A sign of life for the watchdog."""
        self._send("WATCHDOG=1")

    def _send(self, *lines: str) -> None:
        if not self.address:
            return
        address = "\0" + self.address[1:] if self.address.startswith("@") else self.address
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sender:
                sender.connect(address)
                sender.send("\n".join(lines).encode())
        except OSError as error:
            if not self._unreachable:  # once is enough
                self._unreachable.append(True)
                log.warning("systemd.unreachable", extra={"reason": error.strerror})


def from_environment() -> Notifier:
    """The notifier of this process; the variables are taken away, children must not notify."""
    notifier = Notifier.of(os.environ, os.getpid())
    for name in ("NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"):
        os.environ.pop(name, None)
    return notifier
