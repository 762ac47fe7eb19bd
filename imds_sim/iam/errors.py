"""What can be wrong with a policy, told all at once."""

from collections.abc import Iterable
from dataclasses import dataclass

from imds_sim.kernel.errors import SimError

DocumentPath = tuple[str | int, ...]  # keys and indexes from the top of the document


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, and where in the document it stands."""

    path: DocumentPath
    message: str

    def __str__(self) -> str:
        where = ".".join(str(step) for step in self.path)
        return f"{where}: {self.message}" if where else self.message


class IamError(SimError):
    """Something about identities or policies."""


class PolicyInvalid(IamError):
    """A document that is no policy, or one that needs what does not exist yet."""

    def __init__(self, problems: Iterable[Problem], aws_message: str = "") -> None:
        self.problems = tuple(problems)
        self.aws_message = aws_message
        super().__init__("; ".join(str(problem) for problem in self.problems))
