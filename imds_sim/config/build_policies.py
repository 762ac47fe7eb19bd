"""Policies of the file as the directory has them: under their names, references followed."""

from collections.abc import Mapping

from imds_sim.config.arns import managed_policy_arn
from imds_sim.config.schema.configuration import Configuration
from imds_sim.config.schema.policies import WrittenPolicy
from imds_sim.iam.accounts import Account
from imds_sim.iam.document import NamedPolicy, Policy
from imds_sim.iam.kinds import PolicyKind
from imds_sim.kernel.identifiers import Identifiers

# In place of AWS-managed policies that the file refers to and does not declare; the check warns.
_ALLOWS_NOTHING = Policy((), version="2012-10-17", kind=PolicyKind.IDENTITY)


class PolicyBuilder:
    """Follows the references of one file."""

    def __init__(self, configuration: Configuration) -> None:
        self._configuration = configuration
        self.managed: Mapping[str, Policy] = {
            managed_policy_arn(configuration, key): written.policy
            for key, written in configuration.managed_policies.items()
        }

    def identity(self, policies: Mapping[str, WrittenPolicy | str]) -> tuple[NamedPolicy, ...]:
        """An entity's policies: inline ones by name, managed ones by ARN."""
        return tuple(
            NamedPolicy(name, policy.policy)
            if isinstance(policy, WrittenPolicy)
            else NamedPolicy(self._arn(policy), self._managed(policy))
            for name, policy in policies.items()
        )

    def boundary(self, policy: WrittenPolicy | str | None) -> Policy | None:
        """A permissions boundary, if there is one."""
        if isinstance(policy, str):
            return self._managed(policy)
        return policy.policy if policy is not None else None

    def accounts(self, ids: Identifiers) -> list[Account]:
        """What the file says of accounts."""
        return [
            Account(
                id=account_id,
                organization_id=section.organization.id,
                organization_path=section.organization.path,
                scps=_levels(section.scps),
                rcps=_levels(section.rcps),
                outbound_issuer=outbound_issuer(ids, account_id)
                if section.outbound_web_identity_federation
                else None,
                sts_is_active=section.sts_active,
            )
            for account_id, section in self._configuration.accounts.items()
        ]

    def _arn(self, reference: str) -> str:
        return managed_policy_arn(self._configuration, reference)

    def _managed(self, reference: str) -> Policy:
        return self.managed.get(self._arn(reference), _ALLOWS_NOTHING)


def outbound_issuer(ids: Identifiers, account: str) -> str:
    """The URL of an account's own issuer (IAM User Guide, "Outbound identity federation")."""
    return f"https://{ids.uuid('outbound issuer', account)}.tokens.sts.global.api.aws"


def _levels(levels: tuple[tuple[WrittenPolicy, ...], ...]) -> tuple[tuple[Policy, ...], ...]:
    return tuple(tuple(written.policy for written in level) for level in levels)
