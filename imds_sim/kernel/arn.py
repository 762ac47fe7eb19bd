"""Amazon Resource Names and the partitions they live in."""

from dataclasses import dataclass
from typing import Self

from imds_sim.kernel.errors import SimError


class ArnMalformed(SimError):
    """Not `arn:partition:service:region:account:resource`."""


@dataclass(frozen=True, slots=True)
class Arn:
    """The six parts of an ARN; `str()` joins them again."""

    partition: str
    service: str
    region: str
    account: str
    resource: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Split `text`. Raises ArnMalformed if partition, service or resource is missing."""
        parts = text.split(":", 5)
        if len(parts) != 6 or parts[0] != "arn" or not (parts[1] and parts[2] and parts[5]):
            raise ArnMalformed(
                f"{text!r} is not an ARN (arn:partition:service:region:account:resource)"
            )
        return cls(*parts[1:])

    def __str__(self) -> str:
        return f"arn:{self.partition}:{self.service}:{self.region}:{self.account}:{self.resource}"


# Source: AWS General Reference, "Amazon Resource Names"; botocore's partitions.json.
_PARTITIONS = {
    "cn-": ("aws-cn", "amazonaws.com.cn"),
    "us-gov-": ("aws-us-gov", "amazonaws.com"),
    "us-isob-": ("aws-iso-b", "sc2s.sgov.gov"),
    "us-isof-": ("aws-iso-f", "csp.hci.ic.gov"),
    "us-iso-": ("aws-iso", "c2s.ic.gov"),
    "eu-isoe-": ("aws-iso-e", "cloud.adc-e.uk"),
    "eusc-": ("aws-eusc", "amazonaws.eu"),
}


def partition_of(region: str) -> str:
    """The partition that a region belongs to: `aws` unless its name says otherwise."""
    return next(
        (name for prefix, (name, _) in _PARTITIONS.items() if region.startswith(prefix)), "aws"
    )


def dns_suffix_of(region: str) -> str:
    """The domain of a region's services, e.g. `amazonaws.com.cn`."""
    return next(
        (suffix for prefix, (_, suffix) in _PARTITIONS.items() if region.startswith(prefix)),
        "amazonaws.com",
    )
