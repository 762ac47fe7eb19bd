from collections.abc import Callable
from dataclasses import dataclass, field, replace
from ipaddress import ip_network

import pytest

from imds_sim.kernel.address import TcpAddress
from imds_sim.kernel.exchange import Surface
from imds_sim.kernel.secret import Secret
from imds_sim.simulator.endpoints import Endpoints
from imds_sim.simulator.environment import EnvironmentUnavailable, environment
from imds_sim.simulator.environment_block import Environment
from imds_sim.simulator.world import World
from imds_sim.workloads.endpoint import Dialect, Endpoint
from imds_sim.workloads.function import Function
from imds_sim.workloads.instance import Instance
from imds_sim.workloads.pod import Pod
from imds_sim.workloads.resolve import WorkloadUnknown
from imds_sim.workloads.task import LaunchType, Task
from imds_sim.workloads.workload import Workload
from tests.conftest import ROLE
from tests.worlds import ALICE, REFUSED, FixedCredentials, world_of

MakeInstance = Callable[..., Instance]
ALL = Endpoints(
    surfaces={
        Surface.IMDS: ("http://127.0.0.1:1338",),
        Surface.STS: ("http://127.0.0.1:1339",),
        Surface.ECS: ("http://127.0.0.1:1340",),
        Surface.EKS: ("http://127.0.0.1:1341",),
        Surface.LAMBDA: ("http://127.0.0.1:1342",),
    },
    pods="/run/imds-sim/pods",
)
COMMON = {
    "AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://127.0.0.1:1338",
    "AWS_ENDPOINT_URL_STS": "http://127.0.0.1:1339",
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
}
OF_EVERY_FUNCTION = {
    "AWS_LAMBDA_FUNCTION_NAME": "resize",
    "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:1342",
    "AWS_LAMBDA_METADATA_API": "127.0.0.1:1342",
    "AWS_LAMBDA_METADATA_TOKEN": "where-am-i",
}
TRIPLE = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"}
ENDPOINT = "5b7c1ad6-2a4f-4b1a-9d5c-0e8f6d3c2b1a"  # of the task's first container
OWN_ADDRESS = (TcpAddress("127.0.0.1", 1343),)


@dataclass
class Served:
    world: World
    credentials: FixedCredentials = field(default_factory=FixedCredentials)


def environment_of(
    world: World, name: str | None = None, endpoints: Endpoints = ALL
) -> Environment:
    return environment(Served(world), endpoints, name)


def without(surface: Surface) -> Endpoints:
    return replace(ALL, surfaces={s: urls for s, urls in ALL.surfaces.items() if s is not surface})


def test_an_instance_is_told_where_metadata_and_sts_are(make_instance: MakeInstance) -> None:
    found = environment_of(world_of(make_instance("web-1")), "web-1")
    assert found.set == COMMON
    assert next(iter(found.set)) == "AWS_EC2_METADATA_SERVICE_ENDPOINT"


def test_an_instance_with_a_listener_of_its_own_is_told_that_one(
    make_instance: MakeInstance,
) -> None:
    own = Endpoints(ALL.surfaces, {"web-2": ("http://169.254.169.254",)})
    world = world_of(make_instance("web-1"), make_instance("web-2", listen=OWN_ADDRESS))
    found = environment_of(world, "web-2", own)
    assert found.set["AWS_EC2_METADATA_SERVICE_ENDPOINT"] == "http://169.254.169.254"


def test_everything_that_would_win_over_what_is_set_is_unset(
    make_instance: MakeInstance, task: Task, function: Function
) -> None:
    world = world_of(make_instance("web-1"), task, function, users=[ALICE])
    for name in ("web-1", task.name, function.name, "user/alice"):
        found = environment_of(world, name)
        assert not set(found.unset) & set(found.set)
        assert {"AWS_PROFILE", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_SESSION_TOKEN"} <= set(
            found.unset
        )
        assert "AWS_CONFIG_FILE" not in found.unset  # gone, the file in HOME would be read
        assert "AWS_EC2_METADATA_DISABLED" in found.unset


def test_one_environment_leaves_nothing_of_another_behind(
    make_instance: MakeInstance, task: Task, function: Function
) -> None:
    plain = replace(function, name="plain", snap_start=False)
    world = world_of(make_instance("web-1"), task, function, plain, users=[ALICE])
    names = ("web-1", task.name, function.name, "plain", "user/alice")
    for before in names:
        for after in names:
            new = environment_of(world, after)
            assert set(environment_of(world, before).set) <= set(new.set) | set(new.unset)


def test_a_task_is_told_the_whole_address_of_its_credentials(task: Task) -> None:
    found = environment_of(world_of(task), task.name)
    assert found.set == COMMON | {
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:1340" + task.credentials_path,
        "AWS_EXECUTION_ENV": "AWS_ECS_EC2",
        "ECS_CONTAINER_METADATA_URI": f"http://127.0.0.1:1340/v3/{ENDPOINT}",
        "ECS_CONTAINER_METADATA_URI_V4": f"http://127.0.0.1:1340/v4/{ENDPOINT}",
        "ECS_AGENT_URI": f"http://127.0.0.1:1340/api/{ENDPOINT}",
    }
    assert set(found.unset) >= TRIPLE


def test_a_task_is_told_the_path_alone_where_the_address_is_the_one_of_ecs(task: Task) -> None:
    real = {Surface.ECS: ("http://127.0.0.1:1340", "http://169.254.170.2")}
    found = environment_of(world_of(task), task.name, Endpoints({**ALL.surfaces, **real}))
    assert found.set["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] == task.credentials_path
    assert found.set["ECS_CONTAINER_METADATA_URI"] == f"http://169.254.170.2/v3/{ENDPOINT}"
    assert found.set["ECS_AGENT_URI"] == f"http://169.254.170.2/api/{ENDPOINT}"
    assert "AWS_CONTAINER_CREDENTIALS_FULL_URI" in found.unset


@pytest.mark.parametrize("launch_type", LaunchType)
def test_a_task_is_told_on_what_it_runs(task: Task, launch_type: LaunchType) -> None:
    found = environment_of(world_of(replace(task, launch_type=launch_type)), task.name)
    assert found.set["AWS_EXECUTION_ENV"] == f"AWS_ECS_{launch_type.value}"


def test_a_task_without_role_has_no_credentials_path_and_goes_on_to_the_instance(
    task: Task, make_instance: MakeInstance
) -> None:
    world = world_of(replace(task, role=None), make_instance("web-1"))
    found = environment_of(world, task.name)
    assert not {name for name in found.set if "CONTAINER_CREDENTIALS" in name}
    assert found.set["AWS_EC2_METADATA_SERVICE_ENDPOINT"] == "http://127.0.0.1:1338"


def test_another_port_of_that_address_is_not_the_one_of_ecs(task: Task) -> None:
    other = {Surface.ECS: ("http://169.254.170.2:8080",)}
    found = environment_of(world_of(task), task.name, Endpoints({**ALL.surfaces, **other}))
    assert "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI" in found.unset


@pytest.mark.parametrize("file", [None, "/run/token"])
def test_an_endpoint_is_told_with_its_token_or_the_file_that_holds_it(
    file: str | None,
) -> None:
    endpoint = Endpoint(
        *("/creds", "0" * 32, "aws", "111122223333", "us-east-1", ROLE, Dialect.PLAIN),
        *(Secret("open-sesame"), file),
    )
    at = Endpoints({**ALL.surfaces, Surface.GENERIC: ("http://127.0.0.1:1344",)})
    found = environment_of(world_of(endpoint), "/creds", at)
    name = "AWS_CONTAINER_AUTHORIZATION_TOKEN"
    token = {f"{name}_FILE": file} if file else {name: "open-sesame"}
    uri = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:1344/creds"}
    assert found.set == COMMON | uri | token
    assert {name, f"{name}_FILE"} & set(found.unset) == {name, f"{name}_FILE"} - set(token)
    with pytest.raises(EnvironmentUnavailable, match="generic"):
        environment_of(world_of(endpoint), "/creds")


def test_a_pod_has_the_address_of_the_agent_and_the_file_of_its_token(pod: Pod) -> None:
    found = environment_of(world_of(pod), pod.name)
    assert found.set == COMMON | {
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:1341/v1/credentials",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "/run/imds-sim/pods/api-7c9d8/"
        "pods.eks.amazonaws.com/serviceaccount/eks-pod-identity-token",
        "AWS_STS_REGIONAL_ENDPOINTS": "regional",
    }
    assert {"AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE", *TRIPLE} <= set(found.unset)


def test_a_pod_with_irsa_has_a_role_and_a_token_for_the_sts(pod: Pod) -> None:
    world = world_of(replace(pod, irsa=True))
    for endpoints in (ALL, without(Surface.EKS)):
        found = environment_of(world, pod.name, endpoints)
        assert found.set == COMMON | {
            "AWS_ROLE_ARN": "arn:aws:iam::111122223333:role/web",
            "AWS_WEB_IDENTITY_TOKEN_FILE": "/run/imds-sim/pods/api-7c9d8/"
            "eks.amazonaws.com/serviceaccount/token",
            "AWS_STS_REGIONAL_ENDPOINTS": "regional",
        }
        assert {"AWS_CONTAINER_CREDENTIALS_FULL_URI", *TRIPLE} <= set(found.unset)


def test_a_pod_that_cannot_be_served_has_no_environment(pod: Pod) -> None:
    world = world_of(pod)
    with pytest.raises(EnvironmentUnavailable, match=r"give listen\.eks an address"):
        environment_of(world, pod.name, without(Surface.EKS))
    with pytest.raises(EnvironmentUnavailable, match="nothing writes it"):
        environment_of(world, pod.name, replace(ALL, pods=None))


def test_a_function_without_lambda_listener_has_no_address_of_it(function: Function) -> None:
    world = world_of(replace(function, snap_start=False))
    found = environment_of(world, function.name, without(Surface.LAMBDA))
    assert {"AWS_LAMBDA_METADATA_API", "AWS_LAMBDA_METADATA_TOKEN"} <= set(found.unset)


def test_a_snapstart_function_has_address_and_token_and_no_keys(function: Function) -> None:
    found = environment_of(world_of(function), function.name)
    assert found.set == COMMON | {
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:1342/2021-04-23/credentials",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN": "open-sesame",
        **OF_EVERY_FUNCTION,
    }
    assert set(found.unset) >= TRIPLE


def test_another_function_has_the_keys_and_no_address(function: Function) -> None:
    found = environment_of(world_of(replace(function, snap_start=False)), function.name)
    assert found.set == COMMON | {
        "AWS_ACCESS_KEY_ID": "ASIAHELD",
        "AWS_SECRET_ACCESS_KEY": "held secret",
        "AWS_SESSION_TOKEN": "held token",
        **OF_EVERY_FUNCTION,
    }
    assert "AWS_CONTAINER_CREDENTIALS_FULL_URI" in found.unset


def test_a_function_whose_role_is_refused_has_no_environment(function: Function) -> None:
    served = Served(world_of(replace(function, snap_start=False)), FixedCredentials(REFUSED))
    with pytest.raises(EnvironmentUnavailable, match=r"resize.*the trust policy says no"):
        environment(served, ALL, function.name)


def test_no_credentials_are_read_for_those_who_fetch_them(
    make_instance: MakeInstance, task: Task, function: Function
) -> None:
    served = Served(world_of(make_instance("web-1"), task, function))
    for name in ("web-1", task.name, function.name):
        environment(served, ALL, name)
    assert served.credentials.asked == []


def test_a_user_has_a_long_term_key(make_instance: MakeInstance) -> None:
    found = environment_of(world_of(make_instance("web-1"), users=[ALICE]), "user/alice")
    keys = {"AWS_ACCESS_KEY_ID": "AKIAALICE", "AWS_SECRET_ACCESS_KEY": "hers"}
    assert found.set == COMMON | keys
    assert "AWS_SESSION_TOKEN" in found.unset


def test_a_user_without_key_has_no_environment() -> None:
    with pytest.raises(EnvironmentUnavailable, match=r"users\.alice\.access_keys"):
        environment_of(world_of(users=[replace(ALICE, access_keys=())]), "user/alice")


def test_the_default_is_the_first_instance_else_task_else_function(
    make_instance: MakeInstance, task: Task, function: Function
) -> None:
    everyone = world_of(function, task, make_instance("web-1"), users=[ALICE])
    assert environment_of(everyone).set == COMMON
    containers = world_of(function, task)
    assert environment_of(containers) == environment_of(containers, task.name)
    assert environment_of(world_of(function)).set["AWS_LAMBDA_FUNCTION_NAME"] == "resize"


@pytest.mark.parametrize("name", [None, "web-9", "user/bob", "alice"])
def test_nobody_can_be_who_is_not_in_the_file(name: str | None) -> None:
    with pytest.raises(WorkloadUnknown):
        environment_of(world_of(users=[ALICE]), name)


@pytest.mark.parametrize(
    ("surface", "kind"),
    [(Surface.IMDS, "instance"), (Surface.ECS, "task"), (Surface.LAMBDA, "function")],
)
def test_a_surface_that_is_off_is_named_to_the_workload_that_needs_it(
    make_instance: MakeInstance, task: Task, function: Function, surface: Surface, kind: str
) -> None:
    subjects: dict[str, Workload] = {
        "instance": make_instance("web-1"),
        "task": task,
        "function": function,
    }
    world = world_of(*subjects.values())
    with pytest.raises(EnvironmentUnavailable, match=rf"{kind}.*listen\.{surface}"):
        environment_of(world, subjects[kind].name, without(surface))


def test_a_surface_on_a_unix_socket_is_off_to_sdks(task: Task) -> None:
    unix = Endpoints({**ALL.surfaces, Surface.ECS: ("unix:/run/ecs.sock",)})
    with pytest.raises(EnvironmentUnavailable):
        environment_of(world_of(task), task.name, unix)


def test_a_task_goes_without_metadata_where_there_is_none(task: Task) -> None:
    found = environment_of(world_of(task), task.name, without(Surface.IMDS))
    assert found.set["AWS_EC2_METADATA_DISABLED"] == "true"
    assert "AWS_EC2_METADATA_SERVICE_ENDPOINT" not in found.set


def test_without_sts_its_address_is_taken_away(make_instance: MakeInstance) -> None:
    found = environment_of(world_of(make_instance("web-1")), "web-1", without(Surface.STS))
    assert "AWS_ENDPOINT_URL_STS" in found.unset


def test_other_kinds_are_shown_the_metadata_of_the_first_instance(
    make_instance: MakeInstance, task: Task
) -> None:
    world = world_of(make_instance("web-1", listen=OWN_ADDRESS), make_instance("web-2"), task)
    endpoints = Endpoints(ALL.surfaces, {"web-1": ("http://127.0.0.1:1343",)})
    found = environment_of(world, task.name, endpoints)
    assert found.set["AWS_EC2_METADATA_SERVICE_ENDPOINT"] == "http://127.0.0.1:1343"


def test_other_kinds_are_shown_the_shared_listener_where_no_instance_answers(task: Task) -> None:
    assert environment_of(world_of(task), task.name).set.items() >= COMMON.items()


def test_a_second_instance_on_the_shared_listener_can_be_nobody(
    make_instance: MakeInstance,
) -> None:
    world = world_of(make_instance("web-1"), make_instance("web-2"))
    with pytest.raises(EnvironmentUnavailable, match=r"as web-1; give instances\.web-2\.listen"):
        environment_of(world, "web-2")


def test_an_instance_for_other_machines_can_be_nobody_here(make_instance: MakeInstance) -> None:
    remote = make_instance("web-2", clients=(ip_network("172.30.0.11/32"),))
    with pytest.raises(EnvironmentUnavailable, match=r"172\.30\.0\.11/32.*as no instance"):
        environment_of(world_of(remote), "web-2")


def test_an_instance_whose_clients_are_on_this_machine_is_on_the_shared_listener(
    make_instance: MakeInstance,
) -> None:
    local = make_instance("web-2", clients=(ip_network("127.0.0.0/8"),))
    world = world_of(make_instance("web-1"), local)
    assert environment_of(world, "web-2").set == COMMON
    with pytest.raises(EnvironmentUnavailable, match="as web-2"):
        environment_of(world, "web-1")


@pytest.mark.parametrize(
    ("bound", "told"),
    [
        ("http://0.0.0.0:1338", "http://127.0.0.1:1338"),
        ("http://[::]:1338", "http://[::1]:1338"),
        ("http://0.0.0.0", "http://127.0.0.1"),
    ],
)
def test_a_listener_on_every_address_is_told_as_loopback(
    make_instance: MakeInstance, bound: str, told: str
) -> None:
    endpoints = Endpoints({Surface.IMDS: (bound,)})
    found = environment_of(world_of(make_instance("web-1")), "web-1", endpoints)
    assert found.set["AWS_EC2_METADATA_SERVICE_ENDPOINT"] == told
