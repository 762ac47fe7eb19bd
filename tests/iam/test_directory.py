from collections.abc import Callable
from dataclasses import replace

from imds_sim.iam.accounts import Account
from imds_sim.iam.directory import Directory
from imds_sim.iam.document import Policy
from imds_sim.iam.entities import AccessKey, Role, User
from imds_sim.kernel.secret import Secret


def test_a_role_is_found_by_its_arn_and_by_its_unique_id(make_role: Callable[..., Role]) -> None:
    web, api = make_role("web", path="/team/"), make_role("api")
    directory = Directory.of([web, api])
    assert directory.roles["arn:aws:iam::111122223333:role/team/web"] is web
    assert directory.role_with_id(api.unique_id) is api


def test_a_recreated_role_is_not_found_by_its_old_unique_id(
    make_role: Callable[..., Role],
) -> None:
    old, new = make_role(unique_id="AROAOLD"), make_role(unique_id="AROANEW")
    directory = Directory.of([new])
    assert old.arn == new.arn
    assert directory.role_with_id("AROAOLD") is None


def test_a_long_term_key_leads_to_its_user(alice: User) -> None:
    keys = (AccessKey("AKIA1", Secret("s1")), AccessKey("AKIA2", Secret("s2")))
    alice = replace(alice, access_keys=keys)
    directory = Directory.of([], [alice])
    assert directory.users[alice.arn] is alice
    assert directory.access_key("AKIA2") == (alice, keys[1])
    assert directory.access_key("AKIA3") is None


def test_a_role_is_found_whatever_the_case_of_its_name(make_role: Callable[..., Role]) -> None:
    web = make_role("Web", path="/team/")
    directory = Directory.of([web])
    assert directory.role_with_arn("arn:aws:iam::111122223333:role/team/Web") is web
    assert directory.role_with_arn("arn:aws:iam::111122223333:role/team/wEB") is web
    assert directory.role_with_arn("arn:aws:iam::111122223333:role/Web") is None


def test_a_user_is_found_by_its_unique_id(alice: User) -> None:
    directory = Directory.of([], [alice])
    assert directory.user_with_id("AIDAALICEAAAAAAAAAAAA") is alice
    assert directory.user_with_id("AIDAALICEBBBBBBBBBBBB") is None


def test_managed_policies_and_accounts_are_found_by_their_names() -> None:
    arn = "arn:aws:iam::111122223333:policy/read"
    account = Account("111122223333", organization_id="o-1")
    directory = Directory.of([], managed_policies={arn: Policy()}, accounts=[account])
    assert directory.managed_policies == {arn: Policy()}
    assert directory.accounts == {"111122223333": account}
