"""The STS in rehearsal: it decides as it would, notes every decision, and mints nothing."""

from dataclasses import dataclass, field

from imds_sim.iam.decision import Decision
from imds_sim.kernel.secret import Secret
from imds_sim.sts.authority import Authority, Credentials, Proposal
from imds_sim.sts.service import Service
from imds_sim.sts.signer import Asking, Party


@dataclass(frozen=True, slots=True)
class Rehearsal(Authority):
    """For one call. A denial does not end it, so that every action of the call is decided.

    `with_mfa` says whether the caller proves possession of an MFA device, by whatever code.
    """

    with_mfa: bool = False
    decisions: list[Decision] = field(default_factory=list)

    @classmethod
    def of(cls, service: Service, *, with_mfa: bool) -> "Rehearsal":
        """Rehearse what `service` would do."""
        return cls(
            service.directory,
            service.sealer,
            service.clock,
            service.entropy,
            service.region,
            service.used_codes,
            with_mfa,
        )

    def rule(self, caller: Asking, decision: Decision) -> None:
        """Note the decision, whatever it is."""
        self.decisions.append(decision)

    def prove_mfa(self, caller: Party, serial_number: str | None, token_code: str | None) -> bool:
        """Take the question's word for it."""
        return self.with_mfa

    def issue(self, proposal: Proposal) -> Credentials:
        """Nothing that could be used. Raises PackedPolicyTooLarge."""
        size = proposal.contents.packed_size(proposal.contents.packed())
        now = self.clock.now()
        return Credentials("", Secret(""), Secret(""), now, now, size)
