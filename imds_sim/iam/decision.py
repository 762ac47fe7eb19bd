"""The outcome of an evaluation, and what decided it.

Source: IAM User Guide, "Policy evaluation logic" and "Troubleshoot access denied error messages".
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from imds_sim.iam.context import ContextValue
from imds_sim.iam.document import Effect, Statement
from imds_sim.iam.kinds import PolicyKind


class DecisionEffect(StrEnum):
    """The outcome, by the names that IAM's policy simulator uses for it."""

    ALLOW = "allow"
    IMPLICIT_DENY = "implicitDeny"
    EXPLICIT_DENY = "explicitDeny"


class MatchedStatement(NamedTuple):
    """A statement that applied. `place` counts from 0, as in the document; `policy` is the name of
    its policy, or None where policies of the kind have none."""

    kind: PolicyKind
    policy: str | None
    place: int
    compiled: Statement

    @property
    def statement(self) -> Mapping[str, object]:
        """What the document says, as plain data for JSON."""
        return self.compiled.document()

    @property
    def is_deny(self) -> bool:
        return self.compiled.effect is Effect.DENY

    def document(self) -> dict[str, object]:
        """All of it as plain data for JSON."""
        return {
            "policy_kind": self.kind.value,
            "policy_name": self.policy,
            "index": self.place,
            "statement": self.statement,
        }

    def __str__(self) -> str:
        sid = f" ({self.compiled.sid})" if self.compiled.sid else ""
        name = f" {self.policy}" if self.policy else ""
        return f"statement {self.place}{sid} of the {self.kind.noun}{name}"


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided and why.

    `policy_kind` is the kind that decided: the one that denied, the one that did not allow, or the
    one whose Allow sufficed; None where no policy was asked. `matched` are the statements that
    decided or helped to: the Deny, or every Allow that applied. `failures` say of the kind that did
    not allow what each of its statements lacked.
    """

    effect: DecisionEffect
    action: str
    resource: str
    policy_kind: PolicyKind | None = None
    decided_by: MatchedStatement | None = None
    matched: tuple[MatchedStatement, ...] = ()
    remark: str = ""  # what there is to say where no statement decided
    failures: tuple[str, ...] = ()
    context: Mapping[str, ContextValue] = field(default_factory=dict, repr=False)

    @property
    def is_allowed(self) -> bool:
        return self.effect is DecisionEffect.ALLOW

    @property
    def reason(self) -> str:
        """Why, in words for the journal; a client is never told."""
        if not self.matched:
            return f"{self.remark}: {'; '.join(self.failures)}" if self.failures else self.remark
        *others, last = map(str, self.matched)
        if others:  # only an Allow needs more than one
            return f"{', '.join(others)} and {last} allow it"
        return f"{last} {'allows' if self.is_allowed else 'denies'} it"

    @property
    def statement(self) -> int | None:
        """The place of the statement that decided, where one did."""
        return None if self.decided_by is None else self.decided_by.place

    @property
    def sid(self) -> str | None:
        return None if self.decided_by is None else self.decided_by.compiled.sid

    @property
    def policy_name(self) -> str | None:
        return None if self.decided_by is None else self.decided_by.policy

    @property
    def clause(self) -> str:
        """What AWS appends to a denial where it gives a reason; empty where it gives none.

        ` because no identity-based policy allows the sts:AssumeRole action`, or
        ` with an explicit deny in a service control policy`.
        """
        kind = self.policy_kind
        if self.is_allowed or kind is None:
            return ""
        only_denies = kind in (PolicyKind.SERVICE_CONTROL, PolicyKind.RESOURCE_CONTROL)
        if self.effect is DecisionEffect.EXPLICIT_DENY or only_denies:
            article = "the" if kind is PolicyKind.TRUST else "an" if kind.noun[0] in "i" else "a"
            return f" with an explicit deny in {article} {kind.noun}"
        return f" because no {kind.noun} allows the {self.action} action"

    def document(self) -> dict[str, object]:
        """The decision as plain data for JSON: effect, reason, what decided, what was known."""
        return {
            "effect": self.effect.value,
            "reason": self.reason,
            "action": self.action,
            "resource": self.resource,
            "policy_kind": None if self.policy_kind is None else self.policy_kind.value,
            "policy_name": self.policy_name,
            "statement": self.statement,
            "sid": self.sid,
            "matched_statements": [matched.document() for matched in self.matched],
            "failures": list(self.failures),
            "context": {
                key: value if isinstance(value, str) else list(value)
                for key, value in self.context.items()
            },
        }
