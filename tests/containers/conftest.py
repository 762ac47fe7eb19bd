from collections.abc import Callable

import pytest

from imds_sim.containers.aws_lambda import LambdaHandler
from imds_sim.containers.cloudshell import ShellTokens
from imds_sim.containers.ecs import EcsAgent, EcsHandler
from imds_sim.containers.eks import EksHandler
from imds_sim.containers.generic import GenericHandler
from imds_sim.containers.local_endpoints import HostCallFailed
from imds_sim.containers.task_protection import TaskProtections
from imds_sim.credentials.provider import CredentialSet
from imds_sim.kernel.clock import ManualClock
from imds_sim.kernel.entropy import SeededEntropy
from imds_sim.kernel.secret import Secret
from imds_sim.kernel.token_bucket import TokenBuckets
from imds_sim.workloads.endpoint import Dialect, Endpoint
from imds_sim.workloads.function import Function
from imds_sim.workloads.pod import Pod
from imds_sim.workloads.task import Task
from tests.conftest import ROLE
from tests.containers.client import HELD, BelievedTokens, HeldSets, NoChance

MakeEndpoint = Callable[..., Endpoint]


@pytest.fixture
def provider(task: Task, pod: Pod, function: Function) -> HeldSets:
    return HeldSets({task.name: HELD, pod.name: HELD, function.name: HELD})


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def agent(clock: ManualClock) -> EcsAgent:
    """An agent whose ECS lets every role do everything."""
    return EcsAgent(
        TokenBuckets(clock), TaskProtections(clock), lambda task, action: None, entropy=NoChance()
    )


@pytest.fixture
def ecs(provider: HeldSets, clock: ManualClock, agent: EcsAgent) -> EcsHandler:
    return EcsHandler(provider, clock, agent)


@pytest.fixture
def endpoint(provider: HeldSets) -> MakeEndpoint:
    """An endpoint by path and dialect; it holds credentials."""

    def make(path: str, dialect: Dialect = Dialect.PLAIN) -> Endpoint:
        provider.sets[path] = HELD
        token = Secret("open-sesame")
        return Endpoint(path, "0" * 32, "aws", "111122223333", "us-east-1", ROLE, dialect, token)

    return make


class HostThatAssumes:
    """Assumes every role but one."""

    def session(self) -> CredentialSet:
        return HELD

    def assume(self, role_arn: str) -> CredentialSet:
        if role_arn.endswith("/none"):
            raise HostCallFailed("AccessDenied: no")
        return HELD

    def role_named(self, name: str) -> str:
        return name


@pytest.fixture
def generic(provider: HeldSets, clock: ManualClock) -> GenericHandler:
    tokens = ShellTokens(b"k" * 32, clock)
    return GenericHandler(provider, clock, tokens, lambda endpoint: HostThatAssumes())


@pytest.fixture
def eks(provider: HeldSets, pod: Pod) -> EksHandler:
    return EksHandler(provider, BelievedTokens(pod.cluster), ManualClock(), SeededEntropy(1))


@pytest.fixture
def aws_lambda(provider: HeldSets) -> LambdaHandler:
    return LambdaHandler(provider, ManualClock())
