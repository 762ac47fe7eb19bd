"""Everyone there is: roles, users and providers, found by ARN, unique id or access key."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Self

from imds_sim.iam.accounts import Account
from imds_sim.iam.document import Policy
from imds_sim.iam.entities import AccessKey, OidcProvider, Role, SamlProvider, User


@dataclass(frozen=True, slots=True)
class Directory:
    """An immutable index of the entities of one world; build it with `of`."""

    roles: Mapping[str, Role] = field(default_factory=dict)  # by ARN
    users: Mapping[str, User] = field(default_factory=dict)  # by ARN
    managed_policies: Mapping[str, Policy] = field(default_factory=dict)  # by ARN
    accounts: Mapping[str, Account] = field(default_factory=dict)  # by id; others have no rules
    oidc_providers: Mapping[str, OidcProvider] = field(default_factory=dict)  # by ARN
    saml_providers: Mapping[str, SamlProvider] = field(default_factory=dict)  # by ARN
    _roles_by_id: Mapping[str, Role] = field(default_factory=dict)
    _roles_by_folded_arn: Mapping[str, Role] = field(default_factory=dict)
    _users_by_id: Mapping[str, User] = field(default_factory=dict)
    _keys: Mapping[str, tuple[User, AccessKey]] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        roles: Iterable[Role],
        users: Iterable[User] = (),
        managed_policies: Mapping[str, Policy] | None = None,
        accounts: Iterable[Account] = (),
        oidc_providers: Iterable[OidcProvider] = (),
        saml_providers: Iterable[SamlProvider] = (),
    ) -> Self:
        """Index `roles` and `users`; ARNs, unique ids and key ids are unique (config checks it)."""
        roles, users = list(roles), list(users)
        return cls(
            roles={role.arn: role for role in roles},
            users={user.arn: user for user in users},
            managed_policies=dict(managed_policies or {}),
            accounts={account.id: account for account in accounts},
            oidc_providers={provider.arn: provider for provider in oidc_providers},
            saml_providers={provider.arn: provider for provider in saml_providers},
            _roles_by_id={role.unique_id: role for role in roles},
            _roles_by_folded_arn={role.arn.lower(): role for role in roles},
            _users_by_id={user.unique_id: user for user in users},
            _keys={key.id: (user, key) for user in users for key in user.access_keys},
        )

    def role_with_arn(self, arn: str) -> Role | None:
        """The role of an ARN in any case: names of roles are unique without it.

        What policies say of the role is still compared with case.
        """
        return self.roles.get(arn) or self._roles_by_folded_arn.get(arn.lower())

    def role_with_id(self, unique_id: str) -> Role | None:
        """The role whose unique id (`AROA…`) this is; a recreated role has another."""
        return self._roles_by_id.get(unique_id)

    def user_with_id(self, unique_id: str) -> User | None:
        """The user whose unique id (`AIDA…`) this is."""
        return self._users_by_id.get(unique_id)

    def access_key(self, key_id: str) -> tuple[User, AccessKey] | None:
        """The user and the long-term key with this id."""
        return self._keys.get(key_id)

    def oidc_provider(self, account: str, issuer: str) -> OidcProvider | None:
        """The provider of an account whose tokens say `issuer`, to the letter."""
        for provider in self.oidc_providers.values():
            if provider.account == account and provider.issuer == issuer:
                return provider
        return None
