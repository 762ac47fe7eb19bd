import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from imds_sim.iam.document import trust_for_services
from imds_sim.iam.grammar import parse_trust_policy
from imds_sim.kernel.identifiers import account_of
from imds_sim.simulator.world import World

WorldOf = Callable[..., World]
ROLE = "arn:aws:iam::111122223333:role/r"
USER = "arn:aws:iam::111122223333:user/alice"


@pytest.mark.parametrize(
    ("workloads", "services"),
    [
        ("", []),
        ("instances: {a: {role: r}, b: {role: r}}", ["ec2.amazonaws.com"]),
        ("tasks: {a: {role: r}}", ["ecs-tasks.amazonaws.com"]),
        ("functions: {fn: {role: r}}", ["lambda.amazonaws.com"]),
        (
            "instances: {a: {role: r}}\ntasks: {b: {role: r}}",
            ["ec2.amazonaws.com", "ecs-tasks.amazonaws.com"],
        ),
    ],
)
def test_without_trust_a_role_trusts_the_services_of_its_workloads(
    world_of: WorldOf, workloads: str, services: list[str]
) -> None:
    world = world_of(f"roles: {{r: {{}}}}\n{workloads}")
    assert world.directory.roles[ROLE].trust == trust_for_services(services)


def test_trust_none_is_nobody_even_with_workloads(world_of: WorldOf) -> None:
    world = world_of("roles: {r: {trust: none}}\ninstances: {a: {role: r}}")
    assert world.directory.roles[ROLE].trust == trust_for_services(())


def test_a_trust_document_is_taken_as_it_is(world_of: WorldOf) -> None:
    document = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": USER},
                "Action": "sts:AssumeRole",
            }
        ],
    }
    text = (
        "roles:\n  r:\n    trust:\n      Version: 2012-10-17\n      Statement:\n"
        f"        - Effect: Allow\n          Principal: {{AWS: '{USER}'}}\n"
        "          Action: sts:AssumeRole\ninstances: {a: {role: r}}\n"
    )
    assert world_of(text).directory.roles[ROLE].trust == parse_trust_policy(document)


def test_a_role_has_what_the_file_says(world_of: WorldOf) -> None:
    world = world_of(
        "roles: {r: {account: 444455556666, path: /a/, unique_id: AROA11111111111111111, "
        "max_session_duration: 2h}}"
    )
    (role,) = world.directory.roles.values()
    assert role.arn == "arn:aws:iam::444455556666:role/a/r"
    assert role.unique_id == "AROA11111111111111111"
    assert role.max_session_duration == timedelta(hours=2)


def test_a_role_elsewhere_has_another_unique_id(world_of: WorldOf) -> None:
    ids = {
        next(iter(world_of(text).directory.roles.values())).unique_id
        for text in (
            "roles: {r: {}}",
            "roles: {r: {path: /a/}}",
            "roles: {r: {account: '444455556666'}}",
            "roles: {q: {}}",
        )
    }
    assert len(ids) == 4
    assert all(re.fullmatch(r"AROA[A-Z2-7]{17}", each) for each in ids)


def test_a_user_without_keys_has_one_that_carries_its_account(world_of: WorldOf) -> None:
    user = world_of("users: {alice: {}}").directory.users[USER]
    (key,) = user.access_keys
    assert re.fullmatch(r"AKIA[A-Z2-7]{16}", key.id)
    assert account_of(key.id) == "111122223333"
    assert re.fullmatch(r"[A-Za-z0-9+/]{40}", key.secret.reveal())
    assert re.fullmatch(r"AIDA[A-Z2-7]{17}", user.unique_id)


def test_a_user_may_have_no_keys(world_of: WorldOf) -> None:
    user = world_of("users: {alice: {access_keys: []}}").directory.users[USER]
    assert user.access_keys == ()


def test_what_a_key_lacks_is_derived(world_of: WorldOf) -> None:
    world = world_of("users: {alice: {access_keys: [{id: AKIAIOSFODNN7EXAMPLE}, {secret: s}, {}]}}")
    first, second, third = world.directory.users[USER].access_keys
    assert first.id == "AKIAIOSFODNN7EXAMPLE"
    assert second.secret.reveal() == "s"
    assert len({first.id, second.id, third.id}) == 3
    assert len({key.secret.reveal() for key in (first, second, third)}) == 3
    again = world_of("users: {alice: {access_keys: [{}, {id: AKIAIOSFODNN7EXAMPLE}]}}")
    assert first in again.directory.users[USER].access_keys  # its place does not matter
    assert world.directory.access_key(first.id) == (world.directory.users[USER], first)


def test_keys_of_two_users_differ(world_of: WorldOf) -> None:
    users = world_of("users: {alice: {}, bob: {}}").directory.users.values()
    assert len({user.access_keys[0].id for user in users}) == 2
    assert len({user.access_keys[0].secret.reveal() for user in users}) == 2


POLICY = "{Version: 2012-10-17, Statement: {Sid: %s, Effect: Allow, Action: 's3:*', Resource: '*'}}"
ACCOUNT = "111122223333"


@pytest.mark.parametrize("kind", ["roles", "users"])
def test_policies_boundary_and_tags_are_those_of_the_file(world_of: WorldOf, kind: str) -> None:
    world = world_of(
        f"{kind}: {{e: {{policies: {{own: {POLICY % 'Own'}, theirs: shared}}, "
        "permissions_boundary: shared, tags: {team: orders}}}\n"
        f"managed_policies: {{shared: {POLICY % 'Shared'}}}"
    )
    (entity,) = getattr(world.directory, kind).values()
    shared = f"arn:aws:iam::{ACCOUNT}:policy/shared"
    assert [(each.name, each.policy.statements[0].sid) for each in entity.policies] == [
        ("own", "Own"),
        (shared, "Shared"),
    ]
    assert entity.permissions_boundary == world.directory.managed_policies[shared]
    assert entity.tags == {"team": "orders"}


def test_an_unknown_policy_of_aws_allows_nothing(world_of: WorldOf) -> None:
    arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    world = world_of(f"roles: {{r: {{policies: {{p: '{arn}'}}, permissions_boundary: '{arn}'}}}}")
    role = world.directory.roles[ROLE]
    (attached,) = role.policies
    assert (attached.name, attached.policy.statements) == (arn, ())
    assert role.permissions_boundary is not None
    assert role.permissions_boundary.statements == ()


def test_without_a_boundary_there_is_none(world_of: WorldOf) -> None:
    assert world_of("roles: {r: {}}").directory.roles[ROLE].permissions_boundary is None


def test_a_device_has_the_serial_number_that_iam_would_give(world_of: WorldOf) -> None:
    world = world_of(
        "region: cn-north-1\nusers: {alice: {mfa_devices: [{seed: jbswy3dpehpk3pxp}, "
        "{serial: GAHT12345678, seed: JBSWY3DPEHPK3PXP}]}}"
    )
    (alice,) = world.directory.users.values()
    first, second = alice.mfa_devices
    assert first.serial == f"arn:aws-cn:iam::{ACCOUNT}:mfa/alice"
    assert first.seed.reveal() == "JBSWY3DPEHPK3PXP"
    assert second.serial == "GAHT12345678"


def test_an_account_has_its_organization_and_its_levels(world_of: WorldOf) -> None:
    world = world_of(
        f"accounts: {{'{ACCOUNT}': {{organization: {{id: o-a1b2c3d4e5, path: o-a1b2c3d4e5/r-ab12/}}"
        f", scps: [FullAWSAccess, [FullAWSAccess, {POLICY % 'Own'}]], rcps: [RCPFullAWSAccess]}}}}"
    )
    account = world.directory.accounts[ACCOUNT]
    assert account.organization_id == "o-a1b2c3d4e5"
    assert account.organization_path == "o-a1b2c3d4e5/r-ab12/"
    assert [len(level) for level in account.scps] == [1, 2]
    assert account.scps[1][1].statements[0].sid == "Own"
    assert [len(level) for level in account.rcps] == [1]
