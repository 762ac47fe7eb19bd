"""Why the chain gave nothing."""

from imds_sim.kernel.errors import SimError


class ChainError(SimError):
    """The chain ends without an identity: the answer is no."""

    exit_status = 1


class NoCredentials(ChainError):
    """Nothing in the chain gave credentials, or what was chosen by the environment failed."""


class CallerRefused(ChainError):
    """The STS does not know the caller."""


class NoAnswer(ChainError):
    """Nobody listens there, or what answers is not HTTP."""

    exit_status = 69


class AddressNotAllowed(ChainError):
    """An address that could be the real AWS or another machine."""

    exit_status = 77
