"""What is wrong with a request to the daemon, and what keeps a command from it."""

from typing import ClassVar

from imds_sim.kernel.errors import SimError


class QueryInvalid(SimError):
    """A parameter that the route does not have, or a value that it does not take."""


class BodyInvalid(SimError):
    """A body that is not what the route takes."""


class AdminError(SimError):
    """A command could not do its work on the running daemon."""

    exit_status: int = 69  # EX_UNAVAILABLE of sysexits(3)


class DaemonNotFound(AdminError):
    """No daemon answers where one was looked for."""


class DaemonNotPermitted(AdminError):
    """There is a daemon, but this user may not speak to it."""

    exit_status = 77


class DaemonNotUnderstood(AdminError):
    """What answers is no daemon of ours, or broke off."""

    exit_status = 70


class AdminRefused(AdminError):
    """The daemon answered with an error: `code` is for programs, `str()` is for people."""

    EXIT_STATUS: ClassVar[dict[str, int]] = {
        "InvalidQuery": 2,
        "InvalidBody": 2,
        "ShiftTooFar": 2,
        "RateImpossible": 2,
        "FaultInvalid": 2,
        "FaultUnknown": 2,
        "IssuerUnknown": 2,
        "PrincipalUnknown": 2,
        "RoleUnknown": 2,
        "SamlProviderUnknown": 2,
        "AssertionNotPossible": 2,
        "WorkloadUnknown": 2,
        "NameTaken": 2,
        "TooManyAdded": 2,
        "NotRestorable": 2,
        "NotPermitted": 77,
        "DaemonEnds": 69,
        "ConfigNotReadable": 66,
        "ConfigInvalid": 78,
        "StateUnusable": 77,
        "KeyUnusable": 77,
        "NotReloadable": 1,
        "CannotBind": 69,
    }

    def __init__(self, status: int, code: str, message: str, document: dict[str, object]) -> None:
        self.status = status
        self.code = code
        self.document = document
        self.exit_status = self.EXIT_STATUS.get(code, 70 if status >= 500 else 69)
        super().__init__(message)
