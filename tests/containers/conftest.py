import pytest

from imds_sim.containers.aws_lambda import LambdaHandler
from imds_sim.containers.ecs import EcsHandler
from imds_sim.kernel.clock import ManualClock
from imds_sim.workloads.function import Function
from imds_sim.workloads.task import Task
from tests.containers.client import HELD, HeldSets


@pytest.fixture
def provider(task: Task, function: Function) -> HeldSets:
    return HeldSets({task.name: HELD, function.name: HELD})


@pytest.fixture
def ecs(provider: HeldSets) -> EcsHandler:
    return EcsHandler(provider, ManualClock())


@pytest.fixture
def aws_lambda(provider: HeldSets) -> LambdaHandler:
    return LambdaHandler(provider, ManualClock())
