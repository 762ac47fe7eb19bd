"""Virtual MFA devices: their serial numbers and the secrets that codes are made of.

Source: IAM API, `EnableMFADevice` and `VirtualMFADevice`; RFC 6238.
"""

from base64 import b32decode
from typing import Annotated, TypeVar

from pydantic import PlainValidator, WithJsonSchema

from imds_sim.config.schema.text import matching, text_of
from imds_sim.kernel.secret import Secret

MAX_DEVICES = 8  # IAM User Guide, "IAM and AWS STS quotas": MFA devices of a user

Device = TypeVar("Device")

_SERIAL = r"[\w+=/:,.@-]{9,256}"
_SEED_LENGTH = range(16, 129)  # characters; IAM makes 64, what people copy has 16 and more


def at_most_eight(devices: tuple[Device, ...]) -> tuple[Device, ...]:
    """`devices`, if a user may have as many. Raises ValueError."""
    if len(devices) > MAX_DEVICES:
        raise ValueError(f"{len(devices)} MFA devices; allowed: {MAX_DEVICES}")
    return devices


def _seed(value: object) -> Secret:
    text = (value.reveal() if isinstance(value, Secret) else text_of(value)).upper()
    bare = text.rstrip("=")
    try:
        b32decode(bare + "=" * (-len(bare) % 8))
    except ValueError:
        raise ValueError("is not base32: letters and the digits 2 to 7") from None
    if len(bare) not in _SEED_LENGTH:
        raise ValueError(
            f"a seed has {_SEED_LENGTH.start} to {_SEED_LENGTH.stop - 1} characters of base32"
        )
    return Secret(bare)


MfaSerial = Annotated[
    str,
    PlainValidator(
        matching(_SERIAL, "a serial number: 9 to 256 letters, digits and characters of +=/:,.@_-")
    ),
    WithJsonSchema({"type": "string", "pattern": f"^{_SERIAL}$"}),
]
MfaSeed = Annotated[
    Secret,
    PlainValidator(_seed),
    WithJsonSchema({"type": "string", "pattern": "^[A-Za-z2-7]{16,128}=*$"}),
]
