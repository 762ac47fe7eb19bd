"""The role that a workload was given, by name; what it may do is the STS's business."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AttachedRole:
    """A role as a workload's configuration names it."""

    name: str
    arn: str
