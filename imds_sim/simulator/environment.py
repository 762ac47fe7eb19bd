"""What a program must have in its environment to be a workload or a user.

Source: ECS Developer Guide, "Task IAM role"; EKS User Guide, "Configure Pods to access AWS services
with service accounts"; Lambda Developer Guide, "Environment variables" and "Using the Lambda
metadata endpoint"; AWS SDKs and Tools Reference Guide, "Environment variables".
"""

from typing import Protocol

from imds_sim.credentials.provider import CredentialProvider, CredentialSet, Delivery
from imds_sim.iam.entities import User
from imds_sim.kernel.errors import SimError
from imds_sim.kernel.exchange import Surface
from imds_sim.simulator.endpoints import Endpoints, usable
from imds_sim.simulator.environment_block import IMDS_ENDPOINT, Environment
from imds_sim.simulator.metadata_url import cure, url_of
from imds_sim.simulator.world import World
from imds_sim.workloads.endpoint import Endpoint
from imds_sim.workloads.function import Function
from imds_sim.workloads.instance import Instance
from imds_sim.workloads.pod import IRSA_TOKEN, POD_IDENTITY_TOKEN, Pod
from imds_sim.workloads.resolve import WorkloadUnknown
from imds_sim.workloads.task import Task
from imds_sim.workloads.workload import Workload

FULL_URI = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
RELATIVE_URI = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
AUTHORIZATION_TOKEN = "AWS_CONTAINER_AUTHORIZATION_TOKEN"
AUTHORIZATION_TOKEN_FILE = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"
IMDS_DISABLED = "AWS_EC2_METADATA_DISABLED"
STS_ENDPOINT = "AWS_ENDPOINT_URL_STS"
AUTHORIZATION_TOKEN_FILE = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"
ROLE_ARN = "AWS_ROLE_ARN"
WEB_IDENTITY_TOKEN_FILE = "AWS_WEB_IDENTITY_TOKEN_FILE"
ECS_HOST = "http://169.254.170.2"  # what SDKs put before a relative URI
USER_PREFIX = "user/"

# What would win over the variables that are set, or would remain of another workload's environment.
IN_THE_WAY = (
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",  # the older name of the session token: botocore, Lambda runtimes
    "AWS_CREDENTIAL_EXPIRATION",  # botocore takes it for the expiry of the keys above
    "AWS_CREDENTIAL_FILE",  # botocore, before the container and IMDS
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    ROLE_ARN,
    "AWS_ROLE_SESSION_NAME",
    WEB_IDENTITY_TOKEN_FILE,
    RELATIVE_URI,
    FULL_URI,
    AUTHORIZATION_TOKEN,
    AUTHORIZATION_TOKEN_FILE,
    IMDS_DISABLED,
    "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",  # IPv6 makes Java v2 refuse 169.254.170.2
    "AWS_EC2_INSTANCE_PROFILE_NAME",  # newer SDKs ask for this role without listing
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "AWS_USE_FIPS_ENDPOINT",  # refused beside a configured endpoint (STS endpoint rule set)
    "AWS_USE_DUALSTACK_ENDPOINT",
    STS_ENDPOINT,
    "AWS_EXECUTION_ENV",
    "AWS_STS_REGIONAL_ENDPOINTS",  # botocore: legacy would lead to another host
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_RUNTIME_API",
    "AWS_LAMBDA_METADATA_API",
    "AWS_LAMBDA_METADATA_TOKEN",
    "ECS_CONTAINER_METADATA_URI",
    "ECS_CONTAINER_METADATA_URI_V4",
    "ECS_AGENT_URI",
)


class EnvironmentUnavailable(SimError):
    """Nothing that is served could make a program this workload; the message names the cure."""

    exit_status = 69


class Served(Protocol):
    """What is served now: a world and the credentials held for it. `Core` is one."""

    @property
    def world(self) -> World: ...

    @property
    def credentials(self) -> CredentialProvider: ...


def environment(served: Served, endpoints: Endpoints, name: str | None = None) -> Environment:
    """The environment of a workload or of `user/NAME`; without a name of the default workload.

    Credentials are read only for a function without SnapStart, whose environment holds them.
    Raises WorkloadUnknown, EnvironmentUnavailable.
    """
    world = served.world
    subject = subject_named(world, name)
    variables = {}
    metadata = _metadata_url(world, endpoints, subject)
    if metadata is None:
        variables[IMDS_DISABLED] = "true"  # or clients would go on to 169.254.169.254
    else:
        variables[IMDS_ENDPOINT] = metadata
    sts = usable(endpoints.surfaces.get(Surface.STS, ()))
    if sts:
        variables[STS_ENDPOINT] = sts[0]
    region = world.region if isinstance(subject, User) else subject.region
    variables |= {"AWS_REGION": region, "AWS_DEFAULT_REGION": region}
    match subject:
        case Instance():
            pass
        case Task():
            variables |= _of_task(subject, endpoints)
        case Pod():
            variables |= _of_pod(subject, endpoints)
        case Function():
            variables |= _of_function(subject, endpoints, served.credentials)
        case Endpoint():
            variables |= _of_endpoint(subject, endpoints)
        case User():
            variables |= _of_user(subject)
    return Environment(variables, tuple(name for name in IN_THE_WAY if name not in variables))


def subject_named(world: World, name: str | None) -> Workload | User:
    """A workload, or a user as `user/NAME`. Raises WorkloadUnknown.

    None is the first instance, else the first task, pod, function, endpoint.
    """
    if name is None:
        return _default_workload(world)
    if not name.startswith(USER_PREFIX):
        return world.resolver.named(name)
    users = {user.name: user for user in world.directory.users.values()}
    if (found := users.get(name.removeprefix(USER_PREFIX))) is None:
        there = ", ".join(users) or "none"
        raise WorkloadUnknown(
            f"no user is named {name.removeprefix(USER_PREFIX)!r}; there are {there}"
        )
    return found


def _default_workload(world: World) -> Workload:
    workloads = world.resolver.workloads.values()
    kinds: tuple[type[Workload], ...] = (Instance, Task, Pod, Function, Endpoint)
    for kind in kinds:
        for workload in workloads:
            if isinstance(workload, kind):
                return workload
    raise WorkloadUnknown("there is no workload in the file; add one, or name a user as user/NAME")


def _of_task(task: Task, endpoints: Endpoints) -> dict[str, str]:
    """The environment of the task's first container."""
    urls = _needed(task, endpoints, Surface.ECS)
    url = ECS_HOST if ECS_HOST in urls else urls[0]
    variables = {"AWS_EXECUTION_ENV": f"AWS_ECS_{task.launch_type}"}
    if task.role is not None:  # without one a client goes on to the instance, as on AWS
        own = RELATIVE_URI if url == ECS_HOST else FULL_URI
        host = "" if url == ECS_HOST else url
        variables[own] = host + task.credentials_path
    for container in task.containers[:1]:
        variables |= {
            "ECS_CONTAINER_METADATA_URI": f"{url}/v3/{container.endpoint_id}",
            "ECS_CONTAINER_METADATA_URI_V4": f"{url}/v4/{container.endpoint_id}",
            "ECS_AGENT_URI": f"{url}/api/{container.endpoint_id}",
        }
    return variables


def _of_pod(pod: Pod, endpoints: Endpoints) -> dict[str, str]:
    """What the webhook of EKS adds to a pod, for Pod Identity or for IRSA."""
    if endpoints.pods is None:
        raise EnvironmentUnavailable(f"pod {pod.name} has no token: nothing writes it here")
    regional = {"AWS_STS_REGIONAL_ENDPOINTS": "regional"}
    if pod.irsa:
        return {
            ROLE_ARN: pod.role.arn,
            WEB_IDENTITY_TOKEN_FILE: f"{endpoints.pods}/{pod.name}/{IRSA_TOKEN}",
        } | regional
    urls = _needed(pod, endpoints, Surface.EKS)
    return {
        FULL_URI: urls[0] + pod.credentials_path,
        AUTHORIZATION_TOKEN_FILE: f"{endpoints.pods}/{pod.name}/{POD_IDENTITY_TOKEN}",
    } | regional


def _of_function(
    function: Function, endpoints: Endpoints, credentials: CredentialProvider
) -> dict[str, str]:
    name = {"AWS_LAMBDA_FUNCTION_NAME": function.name}
    here = usable(endpoints.surfaces.get(Surface.LAMBDA, ()))
    if here:
        address = here[0].removeprefix("http://")
        name |= {
            "AWS_LAMBDA_RUNTIME_API": address,
            "AWS_LAMBDA_METADATA_API": address,
            "AWS_LAMBDA_METADATA_TOKEN": function.environment_token.reveal(),
        }
    if function.snap_start:
        url = _needed(function, endpoints, Surface.LAMBDA)[0]
        return {
            FULL_URI: url + function.credentials_path,
            AUTHORIZATION_TOKEN: function.authorization_token.reveal(),
        } | name
    held = credentials.current(function.name, Delivery.CONTAINER)
    if not isinstance(held, CredentialSet):
        reason = "it has no role" if held is None else held.message
        raise EnvironmentUnavailable(f"function {function.name} has no credentials: {reason}")
    return {
        "AWS_ACCESS_KEY_ID": held.access_key_id,
        "AWS_SECRET_ACCESS_KEY": held.secret_access_key.reveal(),
        "AWS_SESSION_TOKEN": held.session_token.reveal(),
    } | name


def _of_endpoint(endpoint: Endpoint, endpoints: Endpoints) -> dict[str, str]:
    url = _needed(endpoint, endpoints, Surface.GENERIC)[0]
    uri = {FULL_URI: url + endpoint.name}
    if endpoint.token_file is not None:
        return uri | {AUTHORIZATION_TOKEN_FILE: endpoint.token_file}
    return uri | {AUTHORIZATION_TOKEN: endpoint.authorization_token.reveal()}


def _of_user(user: User) -> dict[str, str]:
    if not user.access_keys:
        raise EnvironmentUnavailable(
            f"user {user.name} has no access key; leave users.{user.name}.access_keys out for one"
        )
    key = user.access_keys[0]
    return {"AWS_ACCESS_KEY_ID": key.id, "AWS_SECRET_ACCESS_KEY": key.secret.reveal()}


def _needed(workload: Workload, endpoints: Endpoints, surface: Surface) -> list[str]:
    urls = usable(endpoints.surfaces.get(surface, ()))
    if not urls:
        raise EnvironmentUnavailable(
            f"{workload.kind} {workload.name} needs the {surface} surface, which is off; "
            f"give listen.{surface} an address"
        )
    return urls


def _metadata_url(world: World, endpoints: Endpoints, subject: Workload | User) -> str | None:
    """An instance's own URL; for others one that answers as the first instance, or at all."""
    if isinstance(subject, Instance):
        found = url_of(world, endpoints, subject)
        if found is None:
            raise EnvironmentUnavailable(cure(world, endpoints, subject))
        return found
    if isinstance(subject, Task) and subject.instance is not None:
        host = world.resolver.workloads.get(subject.instance)
        if isinstance(host, Instance) and (at := url_of(world, endpoints, host)) is not None:
            return at
    instances = [w for w in world.resolver.workloads.values() if isinstance(w, Instance)]
    own = url_of(world, endpoints, instances[0]) if instances else None
    return own or next(iter(usable(endpoints.surfaces.get(Surface.IMDS, ()))), None)
