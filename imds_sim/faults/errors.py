"""What is wrong with a fault that someone wants armed."""

from imds_sim.kernel.errors import SimError


class FaultError(SimError):
    """A fault that cannot be armed, shown or cleared."""

    exit_status = 2


class FaultInvalid(FaultError):
    """Not a fault: the message says what is wrong, what is allowed or which name is near."""


class FaultUnknown(FaultError):
    """No armed fault has this number."""


class TooManyFaults(FaultError):
    """More faults are armed than are kept."""
