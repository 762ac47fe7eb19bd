"""What a scenario does to the command, in the words of the catalogue."""

from imds_sim.cli.reporting.choice import HEALTHY
from imds_sim.faults.grammar import parse
from imds_sim.faults.scenario import Step


def group_of(scenario: str) -> str:
    """What a scenario stands under: the target of its first fault."""
    return HEALTHY if scenario == HEALTHY else str(parse(scenario).steps[0].target)


def title_of(scenario: str) -> str:
    """Its name, told apart from the outcome `none`."""
    return f"{scenario} (healthy)" if scenario == HEALTHY else scenario


def meaning(scenario: str) -> str:
    """What goes wrong, and how often."""
    if scenario == HEALTHY:
        return "nothing goes wrong: what the others are compared with"
    return "; and ".join(map(_said, parse(scenario).steps))


def _said(step: Step) -> str:
    limits = []
    if step.skip:
        limits.append(f"after {step.skip} that pass")
    if step.count is not None:
        limits.append("once" if step.count == 1 else f"{step.count} times")
    if step.probability < 1:
        limits.append(f"with a probability of {step.probability:g}")
    return f"{step.effect.says} ({', '.join(limits)})" if limits else step.effect.says
