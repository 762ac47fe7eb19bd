from collections.abc import Callable
from datetime import timedelta

import pytest

from imds_sim.config.load import DEFAULT_FILE
from imds_sim.iam.generations import Generations
from imds_sim.kernel.address import parse_address
from imds_sim.kernel.exchange import Surface
from imds_sim.simulator.world import World
from imds_sim.workloads.instance import Instance
from imds_sim.workloads.listener import Listener

WorldOf = Callable[..., World]


def test_the_default_world_is_an_instance_with_a_role(world_of: WorldOf) -> None:
    world = world_of(DEFAULT_FILE)
    assert (world.account, world.region, world.partition) == ("111122223333", "us-east-1", "aws")
    assert list(world.resolver.workloads) == ["web-1"]
    assert list(world.directory.roles) == ["arn:aws:iam::111122223333:role/web"]
    assert world.warnings == ()


def test_the_same_file_and_key_give_the_same_world(world_of: WorldOf) -> None:
    text = "roles: {r: {}}\ninstances: {a: {role: r}}\ntasks: {t: {role: r}}\nusers: {u: {}}"
    assert world_of(text) == world_of(text)
    assert world_of(text) != world_of(text, key=b"x" * 32)


def test_the_partition_follows_the_region(world_of: WorldOf) -> None:
    world = world_of("region: cn-north-1\nroles: {r: {}}\ninstances: {a: {role: r}}")
    assert world.partition == "aws-cn"
    assert list(world.directory.roles) == ["arn:aws-cn:iam::111122223333:role/r"]
    instance = world.resolver.workloads["a"]
    assert isinstance(instance, Instance)
    assert instance.arn.startswith("arn:aws-cn:ec2:cn-north-1:111122223333:instance/i-")
    assert instance.dns_suffix == "amazonaws.com.cn"
    assert instance.profile is not None
    assert instance.profile.arn == "arn:aws-cn:iam::111122223333:instance-profile/r"


def test_listeners_are_the_shared_ones_and_those_of_instances(world_of: WorldOf) -> None:
    text = (
        "listen: {imds: ['[::1]:80', 'unix:/x'], sts: [], ecs: [], eks: []}\n"
        "instances: {a: {listen: ['127.0.0.2:80']}}"
    )
    assert world_of(text).listeners == (
        Listener(Surface.IMDS, parse_address("[::1]:80")),
        Listener(Surface.IMDS, parse_address("unix:/x")),
        Listener(Surface.LAMBDA, parse_address("127.0.0.1:1342")),
        Listener(Surface.IMDS, parse_address("127.0.0.2:80"), "a"),
    )


def test_what_the_file_says_of_service_and_journal_arrives(world_of: WorldOf) -> None:
    world = world_of(
        "credentials: {refresh_every: 30m, min_remaining: 10m}\nsts: {strict_region: true}\n"
        "journal: {capacity: 5}\ninstances: {a: {}, b: {}}"
    )
    assert world.refresh.refresh_every == timedelta(minutes=30)
    assert world.refresh.min_remaining == timedelta(minutes=10)
    assert world.strict_region
    assert world.journal_capacity == 5
    (warning,) = world.warnings
    assert warning.startswith("f:4:20: instances.b: cannot be reached")


def test_a_role_that_goes_and_comes_back_is_another_role(world_of: WorldOf) -> None:
    arn = "arn:aws:iam::111122223333:role/web"
    first = world_of("roles: {web: {}, other: {}}")
    same = world_of("roles: {web: {}, other: {}}", first.generations)
    gone = world_of("roles: {other: {}}", same.generations)
    back = world_of("roles: {web: {}, other: {}}", gone.generations)
    assert first.generations.of(arn) == same.generations.of(arn) == 1
    assert back.generations.of(arn) == 2
    assert first.directory.roles[arn] == same.directory.roles[arn]
    assert first.directory.roles[arn].unique_id != back.directory.roles[arn].unique_id
    other = "arn:aws:iam::111122223333:role/other"
    assert first.directory.roles[other] == back.directory.roles[other]


@pytest.mark.slow
def test_ten_thousand_instances_are_built_at_once(world_of: WorldOf) -> None:
    text = "roles: {web: {}}\ninstances:\n" + "".join(
        f"  web-{n}: {{role: web, clients: [10.0.{n // 256}.{n % 256}]}}\n" for n in range(10_000)
    )
    world = world_of(text)
    assert len(world.resolver.workloads) == 10_000


@pytest.mark.parametrize("start", [Generations(), Generations({"arn:x": 3}, frozenset())])
def test_generations_of_roles_that_are_not_here_are_kept(
    world_of: WorldOf, start: Generations
) -> None:
    assert world_of("{}", start).generations.of("arn:x") == start.of("arn:x")
