import pytest

from imds_sim.containers.aws_lambda import LambdaHandler
from imds_sim.containers.ecs import EcsHandler
from imds_sim.containers.eks import EksHandler
from imds_sim.kernel.clock import ManualClock
from imds_sim.kernel.entropy import SeededEntropy
from imds_sim.workloads.function import Function
from imds_sim.workloads.pod import Pod
from imds_sim.workloads.task import Task
from tests.containers.client import HELD, BelievedTokens, HeldSets


@pytest.fixture
def provider(task: Task, pod: Pod, function: Function) -> HeldSets:
    return HeldSets({task.name: HELD, pod.name: HELD, function.name: HELD})


@pytest.fixture
def ecs(provider: HeldSets) -> EcsHandler:
    return EcsHandler(provider, ManualClock())


@pytest.fixture
def eks(provider: HeldSets, pod: Pod) -> EksHandler:
    return EksHandler(provider, BelievedTokens(pod.cluster), ManualClock(), SeededEntropy(1))


@pytest.fixture
def aws_lambda(provider: HeldSets) -> LambdaHandler:
    return LambdaHandler(provider, ManualClock())
