"""One-time codes of MFA devices: TOTP with SHA-1, 30 seconds, 6 digits.

Source: RFC 6238 and RFC 4226, 5.3; IAM User Guide, "Assign a virtual MFA device".
"""

import hmac
from base64 import b32decode
from datetime import datetime

from imds_sim.kernel.secret import Secret

STEP = 30  # seconds
DIGITS = 6
DRIFT = 1  # steps before and after the current one that are accepted: RFC 6238, 5.2


def step_of(moment: datetime) -> int:
    """The number of the 30-second step that `moment` lies in."""
    return int(moment.timestamp()) // STEP


def code(seed: Secret, step: int) -> str:
    """The six digits that a device with this seed shows during a step.

    The seed is base32 (config checks it), in any case, with white space and padding or without.
    """
    text = "".join(seed.reveal().split()).rstrip("=")
    key = b32decode(text + "=" * (-len(text) % 8), casefold=True)
    digest = hmac.digest(key, step.to_bytes(8, "big"), "sha1")
    at = digest[-1] & 0x0F
    number = int.from_bytes(digest[at : at + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}}"


def matching_step(seed: Secret, presented: str, moment: datetime) -> int | None:
    """The step whose code was presented, the current one or a neighbour; else None."""
    current = step_of(moment)
    for step in (current, *(current + sign * DRIFT for sign in (-1, 1))):
        if hmac.compare_digest(code(seed, step).encode(), presented.encode()):
            return step
    return None
