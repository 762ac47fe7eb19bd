import pytest

from imds_sim.containers.aws_lambda import LambdaHandler
from imds_sim.containers.ecs import EcsAgent, EcsHandler
from imds_sim.containers.task_protection import TaskProtections
from imds_sim.kernel.clock import ManualClock
from imds_sim.kernel.token_bucket import TokenBuckets
from imds_sim.workloads.function import Function
from imds_sim.workloads.task import Task
from tests.containers.client import HELD, HeldSets, NoChance


@pytest.fixture
def provider(task: Task, function: Function) -> HeldSets:
    return HeldSets({task.name: HELD, function.name: HELD})


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
def aws_lambda(provider: HeldSets) -> LambdaHandler:
    return LambdaHandler(provider, ManualClock())
