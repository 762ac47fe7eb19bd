"""Accounts: what comes from an organization needs one."""

from collections.abc import Iterator

from imds_sim.config.findings import Finding, KeyPath
from imds_sim.config.schema.accounts import AccountSection
from imds_sim.config.schema.configuration import Configuration

# The root, five levels of organizational units, the account (Organizations User Guide, quotas).
MAX_LEVELS = 7


def check_accounts(configuration: Configuration) -> Iterator[Finding]:
    """Paths and policies of accounts that are in no organization, and too many levels."""
    for account_id, section in configuration.accounts.items():
        yield from _check(("accounts", account_id), section)


def _check(path: KeyPath, section: AccountSection) -> Iterator[Finding]:
    organization = section.organization
    id_path: KeyPath = (*path, "organization", "id")
    for key, levels in (("scps", section.scps), ("rcps", section.rcps)):
        if levels and organization.id is None:
            yield Finding(
                (*path, key), "comes from an organization; add organization.id", (id_path,)
            )
        if len(levels) > MAX_LEVELS:
            yield Finding((*path, key), f"{len(levels)} levels; allowed: {MAX_LEVELS}")
    if organization.path is None:
        return
    if organization.id is None:
        yield Finding((*path, "organization", "path"), "needs an id beside it; add id", (id_path,))
    elif not organization.path.startswith(f"{organization.id}/"):
        yield Finding(
            (*path, "organization", "path"),
            f"begins with the id of the organization, {organization.id}/",
            (id_path,),
        )
