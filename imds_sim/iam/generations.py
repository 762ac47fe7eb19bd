"""Generations of roles: a role that is deleted and created again is another role."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Generations:
    """Per role ARN how often it has come into being; grows with the roles that ever were."""

    numbers: Mapping[str, int] = field(default_factory=dict)
    present: frozenset[str] = frozenset()

    def advance(self, role_arns: Iterable[str]) -> "Generations":
        """The generations after a reload in which exactly `role_arns` exist.

        A role that was there keeps its number, one that comes (back) gets the next.
        """
        now = frozenset(role_arns)
        numbers = dict(self.numbers)
        for arn in now - self.present:
            numbers[arn] = numbers.get(arn, 0) + 1
        return Generations(numbers, now)

    def of(self, role_arn: str) -> int:
        """The number of a role, 1 or more; 0 for one that never was."""
        return self.numbers.get(role_arn, 0)
