"""A scenario: steps as data, each aimed at a target, counted and drawn by itself."""

from dataclasses import dataclass, field

from imds_sim.faults.effect import Effect
from imds_sim.faults.hands import Hand
from imds_sim.faults.match import Target


@dataclass(frozen=True, slots=True)
class Step:
    """`TARGET:EFFECT[=VALUE][+SKIP][*COUNT][~PROBABILITY]`.

    The first `skip` requests that it is aimed at pass; of those after, each is hit with
    `probability`, until `count` were hit (None: no end).
    """

    target: Target
    name: str
    value: str | None
    skip: int
    count: int | None
    probability: float
    effect: Effect = field(compare=False, repr=False)
    hand: Hand = field(compare=False, repr=False)

    @property
    def passes(self) -> int:
        """How many requests pass before the first is hit."""
        return self.skip + self.effect.lead

    @property
    def limit(self) -> int | None:
        """How many requests are hit at most; None: no end."""
        return 1 if self.count is None and self.effect.once else self.count

    def __str__(self) -> str:
        text = f"{self.target}:{self.name}"
        text += f"={self.value}" if self.value is not None else ""
        text += f"+{self.skip}" if self.skip else ""
        text += f"*{self.count}" if self.count is not None else ""
        return text + (f"~{self.probability:g}" if self.probability < 1 else "")


@dataclass(frozen=True, slots=True)
class Scenario:
    """One or more steps, joined by `&`."""

    steps: tuple[Step, ...]

    def __str__(self) -> str:
        return "&".join(map(str, self.steps))
