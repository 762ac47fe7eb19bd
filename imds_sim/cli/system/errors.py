"""What keeps a command from changing the machine."""

from imds_sim.kernel.errors import SimError


class NotOnThisMachine(SimError):
    """The change would do harm here, or cannot be made here; the message says why."""

    exit_status = 69


class NotAllowed(SimError):
    """This user may not change the machine."""

    exit_status = 77
