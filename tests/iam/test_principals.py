from collections.abc import Callable

import pytest

from imds_sim.iam.entities import Role, User
from imds_sim.iam.principals import (
    AnonymousPrincipal,
    FederatedPrincipal,
    FederatedUserPrincipal,
    RoleSessionPrincipal,
    RootPrincipal,
    ServicePrincipal,
    UserPrincipal,
)


def test_the_arn_of_a_role_session_drops_the_path(make_role: Callable[..., Role]) -> None:
    role = make_role("web", path="/team/", partition="aws-cn")
    principal = RoleSessionPrincipal(role, "i-0a")
    assert role.arn == "arn:aws-cn:iam::111122223333:role/team/web"
    assert principal.arn == "arn:aws-cn:sts::111122223333:assumed-role/web/i-0a"
    assert principal.user_id == f"{role.unique_id}:i-0a"
    assert principal.account == "111122223333"


def test_a_user_is_known_by_arn_and_unique_id(alice: User) -> None:
    principal = UserPrincipal(alice)
    assert principal.arn == "arn:aws:iam::111122223333:user/alice"
    assert principal.user_id == "AIDAALICEAAAAAAAAAAAA"
    assert principal.account == "111122223333"


@pytest.mark.parametrize("is_root", [True, False])
def test_a_federated_user_is_known_by_its_account_and_name(alice: User, is_root: bool) -> None:
    user = None if is_root else alice
    principal = FederatedUserPrincipal(user, "111122223333", "aws", "bob")
    assert principal.arn == "arn:aws:sts::111122223333:federated-user/bob"
    assert principal.user_id == "111122223333:bob"


def test_root_is_known_by_its_account() -> None:
    principal = RootPrincipal("111122223333", "aws-us-gov")
    assert principal.arn == "arn:aws-us-gov:iam::111122223333:root"
    assert principal.user_id == "111122223333"


def test_who_has_no_arn_stands_in_messages_by_name() -> None:
    assert ServicePrincipal("ec2.amazonaws.com").arn == "ec2.amazonaws.com"
    assert FederatedPrincipal("accounts.google.com").arn == "accounts.google.com"
    assert AnonymousPrincipal().arn == "anonymous"
