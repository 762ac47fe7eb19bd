"""What the ECS agent asks of the rest: permissions of a task's role, an identity of the host."""

from imds_sim.containers.local_endpoints import Host
from imds_sim.containers.task_protection import Denial, NoTaskRole
from imds_sim.credentials.provider import CredentialProvider, CredentialSet, Delivery
from imds_sim.simulator.environment import subject_named
from imds_sim.simulator.host_identity import HostIdentity
from imds_sim.simulator.world import World
from imds_sim.sts.service import Service
from imds_sim.workloads.task import Task

SESSION_PREFIX = "ecs-local-"  # as amazon-ecs-local-container-endpoints names its sessions


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
    return HostIdentity(subject_named(world, name), service, credentials, SESSION_PREFIX)
