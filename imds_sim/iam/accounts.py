"""Accounts: what an organization says of everyone and everything in them."""

from dataclasses import dataclass

from imds_sim.iam.document import Policy

Levels = tuple[tuple[Policy, ...], ...]  # from the root of the organization down to the account


@dataclass(frozen=True, slots=True)
class Account:
    """An account, and the policies of its organization that bind it.

    `scps` hold, level by level, what is attached to the root, to each organizational unit and to
    the account; every level must allow. No levels (a management account, or none of an
    organization) restrict nothing. `organization_path` is `o-…/r-…/ou-…/`. `outbound_issuer` is
    the URL in whose name the account issues web identity tokens; None if it may not. Unless
    `sts_is_active` in the region, callers of the API get no credentials of the account.
    """

    id: str
    organization_id: str | None = None
    organization_path: str | None = None
    scps: Levels = ()
    rcps: Levels = ()
    outbound_issuer: str | None = None
    sts_is_active: bool = True
