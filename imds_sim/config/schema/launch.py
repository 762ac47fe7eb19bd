"""What an instance was launched with, beside image, type and network.

Source: EC2 User Guide, "Instance metadata categories"; EC2 API, RunInstances, RegisterImage.
"""

from typing import Annotated

from pydantic import Field, PlainValidator, WithJsonSchema

from imds_sim.config.schema.section import Section
from imds_sim.config.schema.text import matching, one_of, text_of, whole_number

MAX_LAUNCH_INDEX = 999_999
_HEX = "[0-9a-f]{8}([0-9a-f]{9})?"
_DEVICE = "root|swap|(ebs|ephemeral)[0-9]{1,3}"
_CODE = "[A-Za-z0-9]{1,64}"
_USER = "[a-z_][a-z0-9_-]{0,31}"  # EC2 Instance Connect API, InstanceOSUser
_SHA1 = "[0-9A-Fa-f]{40}"


def _launch_index(value: object) -> int:
    number = whole_number(value)
    if not 0 <= number <= MAX_LAUNCH_INDEX:
        raise ValueError(f"{number} is not allowed; allowed: 0 to {MAX_LAUNCH_INDEX}")
    return number


def _like(pattern: str, words: str) -> tuple[PlainValidator, WithJsonSchema]:
    schema = {"type": "string", "pattern": f"^({pattern})$"}
    return PlainValidator(matching(pattern, words)), WithJsonSchema(schema)


LaunchIndex = Annotated[
    int,
    PlainValidator(_launch_index),
    WithJsonSchema({"type": "integer", "minimum": 0, "maximum": MAX_LAUNCH_INDEX}),
]
ProductCode = Annotated[str, *_like(_CODE, "a product code: 1 to 64 letters and digits")]
KernelId = Annotated[str, *_like(f"aki-{_HEX}", "a kernel id; aki- and 8 or 17 of 0-9a-f")]
RamdiskId = Annotated[str, *_like(f"ari-{_HEX}", "a RAM disk id; ari- and 8 or 17 of 0-9a-f")]
DeviceKey = Annotated[str, *_like(_DEVICE, "root, swap, ebsN or ephemeralN")]
DeviceName = Annotated[
    str, *_like("[A-Za-z0-9/]{1,64}", "a device name: 1 to 64 letters, digits and slashes")
]
HostnameType = Annotated[
    str,
    PlainValidator(one_of("ip-name", "resource-name")),
    WithJsonSchema({"enum": ["ip-name", "resource-name"]}),
]
OsUser = Annotated[str, *_like(_USER, "a user name: 1 to 32 of a-z0-9_-, the first no digit")]
Sha1 = Annotated[str, *_like(_SHA1, "a SHA-1 fingerprint of 40 hexadecimal digits")]
Text = Annotated[str, PlainValidator(text_of), WithJsonSchema({"type": "string"})]


class ManagedSshKeysSection(Section):
    """What EC2 Instance Connect reads; it verifies signatures itself, the text is given."""

    active_keys: dict[OsUser, Text] = Field(
        default_factory=dict, description="User to its signed keys. Default: {}."
    )
    signer_cert: Text | None = Field(
        None, description="Certificate chain of the signer in PEM. Default: none."
    )
    signer_ocsp: dict[Sha1, Text] = Field(
        default_factory=dict,
        description="SHA-1 of a certificate to its OCSP answer in base64. Default: {}.",
    )
