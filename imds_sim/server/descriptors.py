"""File descriptors: how many the process may open, and how many connections fit in."""

import errno
import logging
import os
import resource
from collections.abc import Callable

from imds_sim.server.connections import CONNECTIONS

log = logging.getLogger(__name__)

CONTROL_CONNECTIONS = 64  # of the admin surface; the probes have as many
TOLD_EVERY = 60.0  # seconds between two lines about the same
RESERVED = 256  # for listeners, files, the control plane and connections that are just closing


def raise_descriptor_limit() -> int:
    """Raise the soft limit of open files to what the daemon can use; return what it is then."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = CONNECTIONS + RESERVED
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return wanted if soft == resource.RLIM_INFINITY else soft
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    except (OSError, ValueError):  # macOS has a second limit, kern.maxfilesperproc
        return soft
    return wanted


def connection_limit(descriptors: int) -> int:
    """How many connections to hold with so many descriptors: 2,048, or fewer if they do not fit."""
    return min(CONNECTIONS, max(descriptors - RESERVED, descriptors // 2))


def control_limit(descriptors: int) -> int:
    """How many connections admin surface and probes may each hold: 64, or an eighth of all."""
    return min(CONTROL_CONNECTIONS, max(descriptors // 8, 1))


class DescriptorWatch:
    """Tells when no file can be opened any more. `time` is monotonic, in seconds.

    It has to look: where the kernel gives no descriptor, libuv closes the connection, silently.
    """

    def __init__(self, time: Callable[[], float]) -> None:
        self._time = time
        self._told_at: float | None = None

    def look(self) -> None:
        """Log that descriptors have run out if they have, at most once a minute."""
        try:
            os.close(os.open(os.devnull, os.O_RDONLY))
        except OSError as error:
            if error.errno in (errno.EMFILE, errno.ENFILE):
                self._tell(error)

    def _tell(self, error: OSError) -> None:
        if self._told_at is not None and self._time() - self._told_at < TOLD_EVERY:
            return
        self._told_at = self._time()
        limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        log.warning(
            "descriptors.exhausted",
            extra={"reason": error.strerror, "limit": limit, "effect": "clients are disconnected"},
        )
