"""What container endpoints ask of the STS: permissions of a task's role, roles to assume."""

from imds_sim.containers.aws_vault import AssumeFor
from imds_sim.containers.ecs import EcsAgent
from imds_sim.containers.local_endpoints import Host
from imds_sim.containers.task_protection import Denial, NoTaskRole, TaskProtections
from imds_sim.credentials.provider import CredentialProvider, CredentialSet, Delivery
from imds_sim.kernel.entropy import Entropy
from imds_sim.kernel.token_bucket import TokenBuckets
from imds_sim.simulator.environment import subject_named
from imds_sim.simulator.host_identity import HostIdentity
from imds_sim.simulator.world import World
from imds_sim.sts.service import Service
from imds_sim.workloads.endpoint import Endpoint
from imds_sim.workloads.task import Task


def ecs_agent(
    world: World,
    service: Service,
    credentials: CredentialProvider,
    buckets: TokenBuckets,
    protections: TaskProtections,
    entropy: Entropy,
) -> EcsAgent:
    """The ECS agent of one world; buckets and protections outlive it."""
    return EcsAgent(
        buckets=buckets,
        protections=protections,
        denial=denial_of(service, credentials),
        options=world.ecs,
        host=host_of(world, service, credentials),
        entropy=entropy,
    )


def denial_of(service: Service, credentials: CredentialProvider) -> Denial:
    """Ask with the credentials of the task, as the agent does."""

    def denial(task: Task, action: str) -> str | None:
        held = credentials.current(task.name, Delivery.CONTAINER)
        if not isinstance(held, CredentialSet):
            raise NoTaskRole
        signer = service.authenticate(held.access_key_id, held.session_token.reveal()).signer
        decision = service.decide(signer, action, task.arn)
        if decision.is_allowed:
            return None
        return (
            f"User: {signer.arn} is not authorized to perform: {action} on resource: {task.arn}"
            f"{decision.clause}"
        )

    return denial


def host_of(world: World, service: Service, credentials: CredentialProvider) -> Host | None:
    """Who stands behind the local endpoints, if they are on."""
    name = world.ecs.local_endpoints
    if name is None:
        return None
    return HostIdentity(
        subject_named(world, name),
        service,
        credentials,
        lambda role_arn: f"ecs-local-{role_arn.rpartition('/')[2]}",
    )


def assume_for(service: Service, credentials: CredentialProvider) -> AssumeFor:
    """Roles assumed as aws-vault assumes them: the session's name is the time."""

    def host(endpoint: Endpoint) -> Host:
        now = service.clock.now()
        return HostIdentity(
            endpoint, service, credentials, lambda _: str(int(now.timestamp()) * 10**9)
        )

    return host
