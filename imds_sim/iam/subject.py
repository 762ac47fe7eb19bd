"""The requester as policies see it: every name it goes by, and what each name is worth.

Source: IAM User Guide, "Policy evaluation logic" and "AWS JSON policy elements: Principal" (what a
named role, session, user or account gets); "NotPrincipal" for the exemption from a Deny.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Self

from imds_sim.iam.document import Effect, Principals
from imds_sim.iam.principal_names import EVERYONE, PrincipalKind, PrincipalName
from imds_sim.iam.principals import (
    AnonymousPrincipal,
    FederatedPrincipal,
    FederatedUserPrincipal,
    Requester,
    RoleSessionPrincipal,
    RootPrincipal,
    ServicePrincipal,
    UserPrincipal,
)


class Grant(IntEnum):
    """What an Allow of a resource-based policy is worth in the requester's own account."""

    DELEGATED = 1  # the account was named: the account's policies decide
    WITHIN_SESSION = 2  # boundary and session policies still limit it
    DIRECT = 3  # nothing but an explicit deny limits it


DELEGATED, WITHIN_SESSION, DIRECT = Grant


@dataclass(frozen=True, slots=True)
class Subject:
    """A requester. `account` is None for services, token holders and anonymous requesters.

    `own` are its own names, strongest first; `account` is a name too, and `everyone` says whether
    an Allow to `*` means it.
    """

    own: tuple[tuple[str, Grant], ...]
    account: str | None = None
    everyone: bool = True
    is_bounded: bool = False

    @classmethod
    def of(cls, principal: Requester, *, is_bounded: bool = False) -> Self:
        """Every name of `principal`; `is_bounded` says whether it has a permissions boundary."""
        match principal:
            case UserPrincipal(user):
                own = ((user.arn, DIRECT), (user.unique_id, DIRECT))
                return cls(own, user.account, is_bounded=is_bounded)
            case RoleSessionPrincipal(role):
                session = (principal.arn, DIRECT)
                named = ((role.arn, WITHIN_SESSION), (role.unique_id, WITHIN_SESSION))
                return cls((session, *named), role.account, is_bounded=is_bounded)
            case FederatedUserPrincipal(user):
                session = (principal.arn, DIRECT)
                if user is None:
                    return cls((session,), principal.account)
                named = ((user.arn, WITHIN_SESSION), (user.unique_id, WITHIN_SESSION))
                return cls((session, *named), principal.account, is_bounded=is_bounded)
            case RootPrincipal(account):
                return cls((), account)
            case ServicePrincipal(service):
                return cls(((PrincipalName(PrincipalKind.SERVICE, service).key, DIRECT),))
            case FederatedPrincipal(provider):
                key = PrincipalName(PrincipalKind.FEDERATED, provider).key
                return cls(((key, DIRECT),), everyone=False)
            case AnonymousPrincipal():
                return cls(())

    def named_by(self, principals: Principals, effect: Effect) -> Grant | None:
        """The most that the element makes of this requester; None if it does not mean it."""
        if principals.excluded:
            is_exempt = self._is_exempt(principals.keys, effect)
            return None if is_exempt else DIRECT
        keys = principals.keys
        if EVERYONE in keys and (self.everyone or effect is Effect.DENY):
            return DIRECT
        for name, grant in self.own:
            if name in keys:
                return grant
        return DELEGATED if self.account is not None and self.account in keys else None

    def _is_exempt(self, keys: frozenset[str], effect: Effect) -> bool:
        """Whether a `NotPrincipal` spares this requester.

        From a Deny only if its account is listed too, as AWS may judge the account first, and never
        if it has a permissions boundary.
        """
        listed = any(name in keys for name, _ in self.own)
        if EVERYONE in keys:
            return True
        if self.account is None:
            return listed
        account_listed = self.account in keys
        if effect is Effect.ALLOW:
            return listed or account_listed
        return account_listed and not self.is_bounded and (listed or not self.own)
