"""What the armed faults make of one request."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from imds_sim.faults.hands import Carried, Edited, Given, Hand, Limited, Refused
from imds_sim.faults.match import Occasion
from imds_sim.kernel.message import Response
from imds_sim.kernel.plan import USUAL, End, WirePlan
from imds_sim.kernel.refusal import Refusal

if TYPE_CHECKING:
    from imds_sim.faults.scenario import Step


@dataclass(slots=True, eq=False, weakref_slot=True)
class ArmedStep:
    """A step of an armed fault and how far it is. Counts are of all clients together."""

    step: "Step"
    stream: str  # of its chance
    seen: int = 0  # requests that it was aimed at
    hits: int = 0

    @property
    def is_spent(self) -> bool:
        """Whether it has hit as many requests as it should."""
        limit = self.step.limit
        return limit is not None and self.hits >= limit


@dataclass(slots=True)
class Play:
    """The steps that hit one request, put together. The first refusal counts."""

    occasion: Occasion
    steps: list[ArmedStep] = field(default_factory=list)
    given: list[tuple[ArmedStep, Given]] = field(default_factory=list)
    refusal: Refusal | None = None
    edits: list[Edited] = field(default_factory=list)
    wire: WirePlan = USUAL

    @property
    def name(self) -> str:
        """The faults that took part, as the journal has them."""
        return "&".join([str(armed.step) for armed in self.steps])

    def take(self, armed: ArmedStep, hand: Hand) -> None:
        """Let one more step take part."""
        self.steps.append(armed)
        match hand:
            case Given():
                self.given.append((armed, hand))
            case Refused(refusal) | Limited(refusal=refusal):
                self.refusal = self.refusal or refusal
            case Edited():
                self.edits.append(hand)
            case Carried(plan, shared):
                chosen = shared if shared is not None and self.occasion.shared else plan
                self.wire = self.wire.with_(chosen)

    def edited(self, response: Response) -> Response:
        """The surface's answer as it goes out, with the plan for the wire."""
        for each in self.edits:
            response = each.edit(response)
        if self.wire.end is End.HALF_CLOSE:
            from imds_sim.faults.edits import silent_about_the_end

            response = silent_about_the_end(response)
        return response if self.wire == USUAL else response._replace(plan=self.wire)
