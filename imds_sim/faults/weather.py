"""Bad weather: what AWS may do at any time, and a client must bear; nothing that is a failure."""

from dataclasses import dataclass, replace
from enum import StrEnum

from imds_sim.faults.scenario import Step


class Level(StrEnum):
    """How often something unusual comes."""

    MILD = "mild"
    ROUGH = "rough"
    WILD = "wild"


@dataclass(frozen=True, slots=True)
class Weather:
    """`seed` makes this weather repeatable by itself; without one it follows the file's."""

    level: Level
    seed: int | str | None = None


_PROBABILITY = {Level.MILD: 0.1, Level.ROUGH: 0.3, Level.WILD: 0.6}

# Sets are replaced before their time, tokens and sets end early, members come and listings turn
# round, connections end.
UNUSUAL = (
    "cred:rotate",
    "cred:life=20m",
    "cred:extra",
    "token:ttl=60",
    "imds:reordered",
    "conn:close-each",
)


def steps_of(weather: Weather) -> tuple[Step, ...]:
    """What this weather does, each with its probability."""
    from imds_sim.faults.grammar import parse  # in calm weather nobody needs the catalogue

    probability = _PROBABILITY[weather.level]
    return tuple(
        replace(step, probability=probability) for text in UNUSUAL for step in parse(text).steps
    )
