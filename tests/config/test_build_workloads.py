import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network

import pytest

from imds_sim.config.checks.timing import FUNCTION_LIFETIME, TASK_LIFETIME
from imds_sim.config.schema.configuration import CredentialsSection
from imds_sim.kernel.address import parse_address
from imds_sim.simulator.world import World
from imds_sim.workloads.endpoint import Endpoint
from imds_sim.workloads.function import Function
from imds_sim.workloads.instance import Instance, MetadataOptions, Placement
from imds_sim.workloads.task import Task

WorldOf = Callable[..., World]
ROLE = "roles: {r: {path: /p/}}\n"


def instance_of(world: World, name: str = "a") -> Instance:
    instance = world.resolver.workloads[name]
    assert isinstance(instance, Instance)
    return instance


def test_an_instance_that_says_nothing_is_complete(world_of: WorldOf) -> None:
    instance = instance_of(world_of("instances: {a: {}}"))
    assert re.fullmatch(r"i-0[0-9a-f]{16}", instance.id)
    assert re.fullmatch(r"ami-0[0-9a-f]{16}", instance.image_id)
    assert re.fullmatch(r"r-0[0-9a-f]{16}", instance.reservation_id)
    assert (instance.availability_zone, instance.availability_zone_id) == ("us-east-1a", "use1-az1")
    assert (instance.instance_type, instance.architecture) == ("m7g.large", "arm64")
    assert instance.launched_at == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert instance.options == MetadataOptions()
    assert instance.profile is None
    assert instance.role is None
    assert instance.user_data is None
    assert instance.extended_credentials
    (eth0,) = instance.interfaces
    assert eth0.device_number == 0


def test_an_instance_has_what_the_file_says(world_of: WorldOf) -> None:
    key = "AAAAB3NzaC1yc2EAAAAA"
    instance = instance_of(
        world_of(
            ROLE + "instances:\n  a:\n"
            "    id: i-0a1b2c3d\n    role: r\n    profile: p\n    listen: ['127.0.0.2:80']\n"
            "    clients: [10.0.0.1, 10.1.0.0/16]\n"
            "    metadata_options: {http_endpoint: disabled, http_tokens: optional,\n"
            "                       instance_metadata_tags: enabled}\n    tags: {Name: a}\n"
            "    instance_type: t3.micro\n    image_id: ami-0a1b2c3d\n"
            "    availability_zone: us-east-1c\n    user_data: é\n"
            f"    public_keys: {{deploy: ssh-rsa {key} me@home}}\n"
            "    extended_credentials: false\n    lifetime: 2h\n"
            "    profile_id: AIPAEXAMPLE7WEB0PROFI\n    reservation_id: r-0123456789abcdef0\n"
            "    launch_time: 2026-01-02T03:04:05Z\n"
        )
    )
    assert instance.id == "i-0a1b2c3d"
    assert instance.profile is not None
    assert instance.profile.arn == "arn:aws:iam::111122223333:instance-profile/p"
    assert instance.profile.id == "AIPAEXAMPLE7WEB0PROFI"
    assert instance.reservation_id == "r-0123456789abcdef0"
    assert instance.launched_at == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert instance.role is not None
    assert (instance.role.name, instance.role.arn) == ("r", "arn:aws:iam::111122223333:role/p/r")
    assert instance.listen == (parse_address("127.0.0.2:80"),)
    assert instance.clients == (ip_network("10.0.0.1/32"), ip_network("10.1.0.0/16"))
    assert instance.options == MetadataOptions(
        http_endpoint_enabled=False, http_tokens_required=False, instance_tags_enabled=True
    )
    assert instance.tags == {"Name": "a"}
    assert (instance.instance_type, instance.architecture) == ("t3.micro", "x86_64")
    assert instance.image_id == "ami-0a1b2c3d"
    assert (instance.availability_zone, instance.availability_zone_id) == ("us-east-1c", "use1-az3")
    assert instance.user_data == "é".encode()
    assert instance.public_keys == {"deploy": f"ssh-rsa {key} deploy"}
    assert not instance.extended_credentials
    assert instance.lifetime == timedelta(hours=2)


@pytest.mark.parametrize("key", ["user_data: ''", "user_data_base64: ''", "user_data: null"])
def test_empty_user_data_is_none(world_of: WorldOf, key: str) -> None:
    assert instance_of(world_of(f"instances: {{a: {{{key}}}}}")).user_data is None


def test_user_data_in_base64_is_bytes(world_of: WorldOf) -> None:
    text = "instances: {a: {user_data_base64: AP8=}}"
    assert instance_of(world_of(text)).user_data == b"\x00\xff"


def test_images_are_shared_by_architecture_and_profiles_by_name(world_of: WorldOf) -> None:
    world = world_of(ROLE + "instances: {a: {role: r}, b: {role: r}, c: {instance_type: t3.micro}}")
    a, b, c = (instance_of(world, name) for name in "abc")
    assert a.image_id == b.image_id != c.image_id
    assert a.profile == b.profile
    assert a.id != b.id


def test_ids_belong_to_the_name_not_to_the_place_in_the_file(world_of: WorldOf) -> None:
    one, two = world_of("instances: {a: {}, b: {}}"), world_of("instances: {b: {}, a: {}}")
    assert instance_of(one, "a").id == instance_of(two, "a").id


def test_a_task_is_complete_and_has_what_the_file_says(world_of: WorldOf) -> None:
    world = world_of(
        ROLE + "tasks: {t: {role: r}, u: {role: r, cluster: c, credentials_id: u, lifetime: 2h}}"
    )
    task, other = world.resolver.workloads["t"], world.resolver.workloads["u"]
    assert isinstance(task, Task)
    assert isinstance(other, Task)
    assert re.fullmatch(r"[0-9a-f]{32}", task.id)
    assert re.fullmatch(r"[0-9a-f-]{36}", task.credentials_id)
    assert task.arn == f"arn:aws:ecs:us-east-1:111122223333:task/default/{task.id}"
    assert task.lifetime == timedelta(hours=6)
    assert (other.cluster, other.credentials_id, other.lifetime) == ("c", "u", timedelta(hours=2))
    [container] = task.containers
    assert (task.family, task.revision, container.name) == ("t", 1, "t")
    assert re.fullmatch(r"ecs-t-1-t-[0-9a-f]{20}", container.docker_name)
    assert re.fullmatch(r"[0-9a-f]{64}", container.docker_id)
    assert re.fullmatch(r"[0-9a-f-]{36}", container.endpoint_id)
    assert container.arn.startswith(task.arn.replace(":task/", ":container/") + "/")
    assert task.interface is not None
    assert (task.interface.subnet_ipv4_cidr, task.cpu, task.memory) == ("172.31.0.0/20", None, None)


def test_a_task_on_fargate_has_the_ids_and_limits_of_fargate(world_of: WorldOf) -> None:
    world = world_of(ROLE + "tasks: {t: {role: r, launch_type: FARGATE, containers: {a: , b: }}}")
    task = world.resolver.workloads["t"]
    assert isinstance(task, Task)
    assert (task.cpu, task.memory) == (0.25, 512)
    for container in task.containers:
        assert re.fullmatch(rf"{task.id}-[0-9]{{10}}", container.endpoint_id)
        assert container.docker_id == container.endpoint_id
    assert [each.docker_name for each in task.containers] == ["a", "b"]


def test_the_addresses_of_tasks_and_instances_differ(world_of: WorldOf) -> None:
    names = [f"n{number}" for number in range(300)]
    instances = ", ".join(f"{name}: {{}}" for name in names)
    tasks = ", ".join(f"t{name}: {{role: r}}" for name in names)
    world = world_of(
        ROLE + f"instances: {{{instances}}}\n"
        f"tasks: {{{tasks}, u: {{role: r, address: 172.31.0.20}}, "
        "w: {role: r, address: 10.1.2.3}}"
    )
    addresses = set()
    for each in world.resolver.workloads.values():
        assert isinstance(each, Instance | Task)
        interface = each.interfaces[0] if isinstance(each, Instance) else each.interface
        assert interface is not None
        addresses.add(interface.private_ipv4)
    assert len(addresses) == 602
    assert addresses >= {"172.31.0.20", "10.1.2.3"}


def test_containers_on_a_bridge_have_addresses_of_the_bridge(world_of: WorldOf) -> None:
    world = world_of(ROLE + "tasks: {t: {role: r, network_mode: bridge, containers: {a: , b: }}}")
    task = world.resolver.workloads["t"]
    assert isinstance(task, Task)
    assert task.interface is None
    assert [each.address for each in task.containers] == ["172.17.0.2", "172.17.0.3"]


def test_an_execution_role_is_trusted_by_ecs_and_has_an_id_of_its_own(world_of: WorldOf) -> None:
    world = world_of("roles: {r: {}, x: {}}\ntasks: {t: {role: r, execution_role: x}}")
    task = world.resolver.workloads["t"]
    assert isinstance(task, Task)
    assert len(set(task.credentials_ids)) == 2
    [execution] = [role for role in world.directory.roles.values() if role.name == "x"]
    assert "ecs-tasks.amazonaws.com" in str(execution.trust)


def test_a_function_is_complete_and_has_what_the_file_says(world_of: WorldOf) -> None:
    world = world_of(
        ROLE + "functions: {fn: {role: r}, gn: {role: r, snap_start: true, "
        "authorization_token: t, lifetime: 2h}}"
    )
    function, other = world.resolver.workloads["fn"], world.resolver.workloads["gn"]
    assert isinstance(function, Function)
    assert isinstance(other, Function)
    assert re.fullmatch(r"[0-9a-f-]{36}", function.authorization_token.reveal())
    assert not function.snap_start
    assert function.lifetime == timedelta(hours=12)
    assert other.snap_start
    assert other.authorization_token.reveal() == "t"
    assert other.lifetime == timedelta(hours=2)


def test_workloads_stand_in_the_order_of_kinds_and_then_of_the_file(world_of: WorldOf) -> None:
    world = world_of(
        ROLE + "functions: {f1: {role: r}}\ntasks: {t: {role: r}}\ninstances: {b: {}, a: {}}"
    )
    assert list(world.resolver.workloads) == ["b", "a", "t", "f1"]
    assert world.resolver.default_instance is world.resolver.workloads["b"]


def test_lifetimes_nobody_set_are_those_of_the_workloads() -> None:
    defaults = {
        kind: kind.__dataclass_fields__["lifetime"].default for kind in (Instance, Task, Function)
    }
    assert defaults == {
        Instance: CredentialsSection().lifetime,
        Task: TASK_LIFETIME,
        Function: FUNCTION_LIFETIME,
    }


def test_the_lifetime_of_credentials_is_that_of_instances_only(world_of: WorldOf) -> None:
    world = world_of(
        ROLE + "credentials: {lifetime: 3h}\ninstances: {a: {role: r}, b: {lifetime: 4h}}\n"
        "tasks: {t: {role: r}}\nfunctions: {fn: {role: r}}"
    )
    lifetimes = {name: each.lifetime for name, each in world.resolver.workloads.items()}
    assert lifetimes == {
        "a": timedelta(hours=3),
        "b": timedelta(hours=4),
        "t": timedelta(hours=6),
        "fn": timedelta(hours=12),
    }


def test_a_partition_is_one_of_a_placement_group(
    world_of: WorldOf, refusal: Callable[[str], list[str]]
) -> None:
    group = "group_name: g, host_id: h-0a1b2c3d, "
    text = "instances: {{a: {{placement: {{{}partition_number: {}}}}}}}"
    for number in (1, 7):
        placement = instance_of(world_of(text.format(group, number))).placement
        assert placement == Placement("g", "h-0a1b2c3d", number)
    for number in (0, 8):
        (line,) = refusal(text.format(group, number))
        assert line.endswith(f"{number} is not a partition; allowed: 1 to 7")
    (line,) = refusal(text.format("", 1))
    assert line.endswith("needs a placement group; add group_name:")


def test_an_endpoint_is_complete_and_is_served_by_who_its_dialect_says(world_of: WorldOf) -> None:
    world = world_of(
        ROLE + "endpoints: {/a: {role: r}, /b: {role: r, dialect: aws_vault, lifetime: 2h}, "
        "/c/: {role: r, dialect: greengrass, authorization_token: t}}"
    )
    plain, vault, greengrass = (
        each for each in world.resolver.workloads.values() if isinstance(each, Endpoint)
    )
    assert (plain.name, plain.dialect, plain.lifetime) == ("/a", "plain", timedelta(hours=6))
    assert re.fullmatch(r"[0-9a-f-]{36}", plain.authorization_token.reveal())
    assert re.fullmatch(r"[A-Za-z0-9_-]{40}", vault.authorization_token.reveal())
    assert greengrass.authorization_token.reveal() == "t"
    assert vault.lifetime == timedelta(hours=2)
    [role] = world.directory.roles.values()
    assert "credentials.iot.amazonaws.com" in str(role.trust)
    assert "ecs-tasks.amazonaws.com" in str(role.trust)
