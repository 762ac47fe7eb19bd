"""MFA: a user proves possession of a device by a code that works once.

Source: IAM User Guide, "Configuring MFA-protected API access"; the refusals were recorded.
"""

from dataclasses import dataclass, field
from datetime import datetime

from imds_sim.iam.entities import User
from imds_sim.sts.errors import AccessDenied
from imds_sim.sts.totp import DRIFT, matching_step, step_of

_FAILED = "MultiFactorAuthentication failed"


@dataclass(slots=True)
class UsedCodes:
    """Remembers the codes that were used, each as long as it could be used again.

    Bound: a device has three such codes at a time.
    """

    _steps: set[tuple[str, str, int]] = field(default_factory=set, repr=False)

    def use(self, user_id: str, serial: str, step: int, current: int) -> bool:
        """Note that a device's code of `step` is used now; False if it was before."""
        used = (user_id, serial, step)
        if used in self._steps:
            return False
        self._steps = {each for each in self._steps if each[2] >= current - DRIFT}
        self._steps.add(used)
        return True


def prove(
    user: User | None,
    serial_number: str | None,
    token_code: str | None,
    wall: datetime,
    used_codes: UsedCodes,
) -> bool:
    """Whether the call was made with MFA: False if it does not ask for it.

    `user` is whose call it is, or None where the caller is no user. `wall` is the client's time.
    Raises AccessDenied.
    """
    if serial_number is None and token_code is None:
        return False
    if serial_number is None or token_code is None:
        raise AccessDenied(
            f"{_FAILED}, must provide both MFA serial number and one time pass code."
        )
    devices = () if user is None else user.mfa_devices
    device = next((each for each in devices if each.serial == serial_number), None)
    if user is None or device is None:
        raise AccessDenied(
            f"{_FAILED}, unable to validate MFA code.  Please verify your MFA serial number is "
            "valid and associated with this user.",
            detail="the caller has no such MFA device",
        )
    step = matching_step(device.seed, token_code, wall)
    if step is None or not used_codes.use(user.unique_id, serial_number, step, step_of(wall)):
        raise AccessDenied(
            f"{_FAILED} with invalid MFA one time pass code.",
            detail="wrong code" if step is None else "the code was used before",
        )
    return True
