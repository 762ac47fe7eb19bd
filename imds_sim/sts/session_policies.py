"""Session policies: read when they are passed, found again when the session calls.

Source: STS API Reference, AssumeRole (Policy, PolicyArns); IAM User Guide, "Session policies".
"""

from collections.abc import Sequence
from functools import lru_cache

from imds_sim.iam.directory import Directory
from imds_sim.iam.document import Policy
from imds_sim.iam.errors import PolicyInvalid
from imds_sim.iam.grammar import parse_policy_text
from imds_sim.iam.kinds import PolicyKind
from imds_sim.iam.request import SessionPolicies
from imds_sim.kernel.arn import Arn, ArnMalformed
from imds_sim.sts.constraints import list_violations, text_violations
from imds_sim.sts.contents import SessionContents
from imds_sim.sts.errors import (
    MalformedPolicyDocument,
    PackedPolicyTooLarge,
    ValidationError,
)
from imds_sim.sts.limits import (
    ARN,
    MAX_POLICY_ARNS,
    MAX_SESSION_POLICIES_TEXT,
    SESSION_POLICY,
)
from imds_sim.sts.sealed_session import SealedSession, SessionKind

_PARSED = 256  # texts of at most 2,048 characters that are kept parsed


def policy_violations(policy: str | None, policy_arns: Sequence[str]) -> list[str]:
    """The constraints that the parameters `PolicyArns` and `Policy` break."""
    found = list_violations("policyArns", len(policy_arns), 0, MAX_POLICY_ARNS)
    if not found:
        for number, arn in enumerate(policy_arns, 1):
            found += text_violations(f"policyArns.{number}.member.arn", arn, ARN)
    return found + text_violations("policy", policy, SESSION_POLICY)


def check_policies(policy: str | None, policy_arns: Sequence[str], account: str) -> None:
    """Raise what is wrong with session policies for a session in `account`.

    That is ValidationError for an ARN of no policy or of another account's, MalformedPolicyDocument
    for a text that is none, PackedPolicyTooLarge if they are too long together.
    """
    for arn in policy_arns:
        if not _is_usable(arn, account):
            raise ValidationError(f"{arn} is invalid")
    if policy is not None:
        try:
            _parsed(policy)
        except PolicyInvalid as error:
            raise MalformedPolicyDocument(
                error.aws_message or str(error), detail=str(error)
            ) from None
    length = len(policy or "") + sum(len(arn) for arn in policy_arns)
    if length > MAX_SESSION_POLICIES_TEXT:
        percent = -(-100 * length // MAX_SESSION_POLICIES_TEXT)
        raise PackedPolicyTooLarge(
            f"Packed policy consumes {percent}% of allotted space, please use smaller policy."
        )


def check_existence(policy_arns: Sequence[str], directory: Directory) -> None:
    """Raise MalformedPolicyDocument for a customer's policy that does not exist.

    Those of AWS are not all known here: an unknown one allows nothing. The words are those of IAM's
    AttachRolePolicy; what STS says is not recorded.
    """
    for arn in policy_arns:
        if arn not in directory.managed_policies and Arn.parse(arn).account != "aws":
            raise MalformedPolicyDocument(f"Policy {arn} does not exist or is not attachable.")


def policies_of(session: SealedSession, directory: Directory) -> SessionPolicies | None:
    """What a session is restricted by; None if by nothing.

    Managed policies count as they are now; one that is gone or unknown allows nothing.
    """
    contents: SessionContents = session.contents
    if contents.policy is None and not contents.policy_arns:
        # A root task without its policy may do nothing.
        return SessionPolicies(()) if session.kind is SessionKind.ROOT_TASK else None
    managed = (directory.managed_policies.get(arn) for arn in contents.policy_arns)
    inline = () if contents.policy is None else (_parsed(contents.policy),)
    return SessionPolicies((*inline, *(policy for policy in managed if policy is not None)))


@lru_cache(maxsize=_PARSED)
def _parsed(text: str) -> Policy:
    return parse_policy_text(text, PolicyKind.SESSION)


def _is_usable(arn: str, account: str) -> bool:
    try:
        parts = Arn.parse(arn)
    except ArnMalformed:
        return False
    return (
        parts.service == "iam"
        and parts.account in (account, "aws")
        and parts.resource.startswith("policy/")
    )
