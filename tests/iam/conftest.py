from collections.abc import Callable
from typing import Any

import pytest

from imds_sim.iam.document import trust_for_services
from imds_sim.iam.entities import Role, User


@pytest.fixture
def make_role() -> Callable[..., Role]:
    """A role by name; keyword arguments replace fields."""

    def make(name: str = "web", **fields: Any) -> Role:
        return Role(
            **{
                "partition": "aws",
                "account": "111122223333",
                "name": name,
                "unique_id": "AROA" + name.upper().ljust(17, "A"),
                "trust": trust_for_services(["ec2.amazonaws.com"]),
                **fields,
            }
        )

    return make


@pytest.fixture
def alice() -> User:
    return User("aws", "111122223333", "alice", "AIDAALICEAAAAAAAAAAAA")
