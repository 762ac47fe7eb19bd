"""File descriptors: how many the process may open, and how many connections fit in."""

import resource

from imds_sim.server.connections import CONNECTIONS

CONTROL_CONNECTIONS = 64  # of the admin surface; the probes have as many
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
