"""Everyone there is: roles and users, found by ARN, unique id or access key."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Self

from imds_sim.iam.entities import AccessKey, Role, User


@dataclass(frozen=True, slots=True)
class Directory:
    """An immutable index of the entities of one world; build it with `of`."""

    roles: Mapping[str, Role] = field(default_factory=dict)  # by ARN
    users: Mapping[str, User] = field(default_factory=dict)  # by ARN
    _roles_by_id: Mapping[str, Role] = field(default_factory=dict)
    _keys: Mapping[str, tuple[User, AccessKey]] = field(default_factory=dict)

    @classmethod
    def of(cls, roles: Iterable[Role], users: Iterable[User] = ()) -> Self:
        """Index `roles` and `users`; ARNs, unique ids and key ids are unique (config checks it)."""
        roles, users = list(roles), list(users)
        return cls(
            roles={role.arn: role for role in roles},
            users={user.arn: user for user in users},
            _roles_by_id={role.unique_id: role for role in roles},
            _keys={key.id: (user, key) for user in users for key in user.access_keys},
        )

    def role_with_id(self, unique_id: str) -> Role | None:
        """The role whose unique id (`AROA…`) this is; a recreated role has another."""
        return self._roles_by_id.get(unique_id)

    def access_key(self, key_id: str) -> tuple[User, AccessKey] | None:
        """The user and the long-term key with this id."""
        return self._keys.get(key_id)
