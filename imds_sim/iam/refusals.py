"""What AWS says of a document that is no policy: one wording of IAM's, one of trust policies.

The order is that of IAM's checks: of several faults the first in this order is the one it names.
Source: moto's record of IAM's answers (moto/iam/policy_validation.py) for identity policies, and
versitygw's table of UpdateAssumeRolePolicy's for trust policies.
"""

from collections.abc import Mapping
from enum import IntEnum, auto

from imds_sim.iam.kinds import PolicyKind


class Refusal(IntEnum):
    """What can be wrong, in the order in which it is checked."""

    JSON = auto()
    SYNTAX = auto()
    NO_STATEMENT = auto()
    NO_EFFECT = auto()
    VERSION = auto()
    LEGACY = auto()  # what an older parser, still asked, does not take
    REPEATED_SID = auto()
    NO_ACTION = auto()
    RESOURCE = auto()
    ACTION = auto()
    NO_RESOURCE = auto()
    PRINCIPAL = auto()
    NO_PRINCIPAL = auto()


Wording = Mapping[Refusal, str]

_SYNTAX = "Syntax errors in policy."
_OF_IAM: Wording = {
    Refusal.JSON: _SYNTAX,
    Refusal.SYNTAX: _SYNTAX,
    Refusal.NO_STATEMENT: _SYNTAX,
    Refusal.NO_EFFECT: _SYNTAX,
    Refusal.VERSION: "Policy document must be version 2012-10-17 or greater.",
    Refusal.LEGACY: "The policy failed legacy parsing",
    Refusal.REPEATED_SID: "Statement IDs (SID) in a single policy must be unique.",
    Refusal.NO_ACTION: "Policy statement must contain actions.",
    Refusal.RESOURCE: 'Resource must be in ARN format or "*".',
    Refusal.ACTION: "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
    Refusal.NO_RESOURCE: "Policy statement must contain resources.",
    Refusal.PRINCIPAL: "Policy document should not specify a principal.",
    Refusal.NO_PRINCIPAL: "Missing required field Principal",
}
_OF_TRUST: Wording = {
    Refusal.JSON: "This policy contains invalid Json",
    Refusal.SYNTAX: "Syntax error in policy.",
    Refusal.NO_STATEMENT: "Could not parse the policy: Statement is empty!",
    Refusal.NO_EFFECT: "Missing required field Effect",
    Refusal.VERSION: "The policy must contain a valid version string",
    Refusal.LEGACY: "Syntax error in policy.",
    Refusal.REPEATED_SID: "The Statement Ids in the policy are not unique",
    Refusal.NO_ACTION: "Missing required field Action",
    Refusal.RESOURCE: "Has prohibited field Resource",
    Refusal.ACTION: "AssumeRole policy may only specify STS AssumeRole actions.",
    Refusal.NO_RESOURCE: "AssumeRole policy must not contain resources.",
    Refusal.PRINCIPAL: "Invalid principal in policy",
    Refusal.NO_PRINCIPAL: "Missing required field Principal",
}


def wording_of(kind: PolicyKind) -> Wording:
    """The words for one kind of policy."""
    return _OF_TRUST if kind is PolicyKind.TRUST else _OF_IAM
