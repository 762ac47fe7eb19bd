"""AssumeRoot: a session of a member account's root, for one privileged task.

Source: STS API Reference, AssumeRoot; IAM User Guide, "Perform a privileged task on an AWS
Organizations member account".
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from imds_sim.iam.principals import RootPrincipal
from imds_sim.kernel.arn import Arn, ArnMalformed
from imds_sim.sts import limits
from imds_sim.sts.authority import Authority, Credentials, Proposal
from imds_sim.sts.callers import check_caller
from imds_sim.sts.constraints import ABSENT, duration_violations, text_violations
from imds_sim.sts.contents import SessionContents
from imds_sim.sts.errors import AccessDenied, ValidationError
from imds_sim.sts.sealed_session import SessionKind
from imds_sim.sts.session_request import token_size_violations
from imds_sim.sts.signer import Signer

ASSUME_ROOT = "sts:AssumeRoot"
TASKS = frozenset(
    {
        "IAMAuditRootUserCredentials",
        "IAMCreateRootUserPassword",
        "IAMDeleteRootUserCredentials",
        "S3UnlockBucketPolicy",
        "SQSUnlockQueuePolicy",
    }
)
_ACCOUNT = re.compile(r"\d{12}", re.ASCII)


@dataclass(frozen=True, slots=True)
class AssumeRootRequest:
    """What is asked for. `target_principal` is an account id or the ARN of its root; `duration` is
    15 minutes at most, and nothing at least."""

    target_principal: str
    task_policy_arn: str
    duration: timedelta = limits.MAX_ROOT_TASK_DURATION
    minimum_session_token_size: int | None = None

    def violations(self) -> list[str]:
        """Every constraint that the request breaks, in the model's order."""
        return [
            *text_violations("targetPrincipal", self.target_principal, limits.TARGET_PRINCIPAL),
            *text_violations(
                "taskPolicyArn" if self.task_policy_arn is ABSENT else "taskPolicyArn.arn",
                self.task_policy_arn,
                limits.ARN,
            ),
            *duration_violations(
                "durationSeconds",
                self.duration,
                limits.MIN_ROOT_TASK_DURATION,
                limits.MAX_ROOT_TASK_DURATION,
            ),
            *token_size_violations(self.minimum_session_token_size),
        ]


@dataclass(frozen=True, slots=True)
class AssumedRoot:
    """What AssumeRoot hands out, whose root its holder is from now on."""

    credentials: Credentials
    principal: RootPrincipal
    source_identity: str | None = None


def assume_root(
    authority: Authority, signer: Signer, request: AssumeRootRequest, given: Mapping[str, str]
) -> AssumedRoot:
    """Mint credentials for a task; `given` are condition keys of the call.

    Which account manages an organization is not known here: any other account of the target's
    organization may, if its policies let it.
    """
    if broken := request.violations():
        raise ValidationError.of(broken)
    partition = Arn.parse(signer.arn).partition
    root = RootPrincipal(_account_of(request.target_principal), partition)
    if not _is_task(request.task_policy_arn, partition):
        raise ValidationError(f"{request.task_policy_arn} is invalid")
    check_caller(signer, "AssumeRoot", root.arn)
    _check_organization(authority, signer, root)
    keys = authority.keys(signer, given)
    keys |= {"sts:TaskPolicyArn": request.task_policy_arn, "aws:ResourceAccount": root.account}
    # The member account has no policy that could say yes or no: the caller's own decide.
    authority.permit(signer, ASSUME_ROOT, root.arn, keys)
    credentials = authority.issue(
        Proposal(
            kind=SessionKind.ROOT_TASK,
            issuer_arn=root.arn,
            issuer_id=root.account,
            name="",
            duration=request.duration,
            stream=f"session of {root.arn}",
            contents=SessionContents(policy_arns=(request.task_policy_arn,)),
            source_identity=signer.source_identity,
            minimum_size=request.minimum_session_token_size or 0,
        )
    )
    return AssumedRoot(credentials, root, signer.source_identity)


def _account_of(target: str) -> str:
    if _ACCOUNT.fullmatch(target):
        return target
    try:
        arn = Arn.parse(target)
    except ArnMalformed:
        raise ValidationError(f"{target} is invalid") from None
    if arn.service != "iam" or arn.resource != "root" or not _ACCOUNT.fullmatch(arn.account):
        raise ValidationError(f"{target} is invalid")
    return arn.account


def _is_task(policy_arn: str, partition: str) -> bool:
    head, _, name = policy_arn.rpartition("/")
    return head == f"arn:{partition}:iam::aws:policy/root-task" and name in TASKS


def _check_organization(authority: Authority, signer: Signer, root: RootPrincipal) -> None:
    accounts = authority.directory.accounts
    own, other = accounts.get(signer.principal.account), accounts.get(root.account)
    if (
        own is None
        or other is None
        or own.id == other.id
        or own.organization_id is None
        or own.organization_id != other.organization_id
    ):
        raise AccessDenied.of(
            signer.arn,
            ASSUME_ROOT,
            root.arn,
            f"{root.account} is no other account of the caller's organization",
        )
