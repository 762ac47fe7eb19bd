"""Policies: managed ones that are not there, entities with more than fits, what only seems right.

Source of the sizes: IAM User Guide, "IAM and AWS STS quotas".
"""

from collections.abc import Iterator, Mapping

from imds_sim.config.arns import AWS_MANAGED, managed_policy_arn, owner_of
from imds_sim.config.findings import Finding, KeyPath
from imds_sim.config.schema.configuration import Configuration
from imds_sim.config.schema.policies import WrittenPolicy
from imds_sim.config.schema.section import nearest_of
from imds_sim.config.schema.text import shown

MAX_INLINE_OF_ROLE = 10240
MAX_INLINE_OF_USER = 2048
DEFAULT_TRUST = 2048
MAX_HINTS = 20  # comparing names is slow

Policies = Mapping[str, WrittenPolicy | str]


def check_policies(configuration: Configuration) -> Iterator[Finding]:
    """Every policy of the file, and every reference to a managed one."""
    yield from _check_references(configuration)
    for name, role in configuration.roles.items():
        yield from _check_inline(("roles", name), role.policies, MAX_INLINE_OF_ROLE)
        if role.trust is not None and (size := role.trust.size) > DEFAULT_TRUST:
            yield Finding(
                ("roles", name, "trust"),
                f"the policy has {size} characters without white space; AWS takes more than "
                f"{DEFAULT_TRUST} only with a raised quota",
                warns=True,
            )
    for name, user in configuration.users.items():
        yield from _check_inline(("users", name), user.policies, MAX_INLINE_OF_USER)
    for path, written in _written(configuration):
        for problem in written.policy.warnings:
            yield Finding((*path, *problem.path), problem.message, warns=True)


def _written(configuration: Configuration) -> Iterator[tuple[KeyPath, WrittenPolicy]]:
    for name, role in configuration.roles.items():
        if role.trust is not None:
            yield ("roles", name, "trust"), role.trust
    for key, managed in configuration.managed_policies.items():
        yield ("managed_policies", key), managed
    for path, policies, boundary in _of_entities(configuration):
        for name, policy in policies.items():
            if isinstance(policy, WrittenPolicy):
                yield (*path, "policies", name), policy
        if isinstance(boundary, WrittenPolicy):
            yield (*path, "permissions_boundary"), boundary
    for account_id, account in configuration.accounts.items():
        for key, levels in (("scps", account.scps), ("rcps", account.rcps)):
            for depth, level in enumerate(levels):
                for index, control in enumerate(level):
                    yield ("accounts", account_id, key, depth, index), control


def _of_entities(
    configuration: Configuration,
) -> Iterator[tuple[KeyPath, Policies, WrittenPolicy | str | None]]:
    for name, role in configuration.roles.items():
        yield ("roles", name), role.policies, role.permissions_boundary
    for name, user in configuration.users.items():
        yield ("users", name), user.policies, user.permissions_boundary


def _check_inline(path: KeyPath, policies: Policies, limit: int) -> Iterator[Finding]:
    sizes = [each.size for each in policies.values() if isinstance(each, WrittenPolicy)]
    if sum(sizes) > limit:
        yield Finding(
            (*path, "policies"),
            f"the inline policies have {sum(sizes)} characters together, without white space; "
            f"allowed: {limit}",
        )


def _check_references(configuration: Configuration) -> Iterator[Finding]:
    known = {managed_policy_arn(configuration, key) for key in configuration.managed_policies}
    searched: dict[str, str] = {}
    for path, policies, boundary in _of_entities(configuration):
        role = configuration.roles.get(str(path[1])) if path[0] == "roles" else None
        account = (role and role.account) or configuration.account
        references = [((*path, "policies", name), each) for name, each in policies.items()]
        for place, reference in (*references, ((*path, "permissions_boundary"), boundary)):
            if not isinstance(reference, str):
                continue
            arn = managed_policy_arn(configuration, reference)
            owner = owner_of(arn)
            if owner not in (AWS_MANAGED, account):
                yield Finding(
                    place,
                    f"{arn} is of account {owner}; only policies of account {account} and those "
                    "that AWS manages can be attached here",
                    rests_on=(("account",), (*path, "account")),
                )
            elif arn not in known and owner == AWS_MANAGED:
                yield Finding(
                    place,
                    f"what {arn} says is not known here: it allows nothing; declare it under "
                    "managed_policies:",
                    warns=True,
                )
            elif arn not in known:
                if reference not in searched:
                    searched[reference] = _hint(configuration, reference, len(searched))
                yield Finding(
                    place,
                    f"no managed policy {shown(reference)}; {searched[reference]}",
                    rests_on=(("managed_policies", reference),),
                )


def _hint(configuration: Configuration, reference: str, searches: int) -> str:
    known = list(configuration.managed_policies)[:500]
    nearest = nearest_of(reference, known) if searches < MAX_HINTS else None
    return f"did you mean {nearest}?" if nearest else "they are declared under managed_policies:"
