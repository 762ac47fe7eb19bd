"""A workload of any kind: a computer that AWS hands role credentials to."""

from imds_sim.workloads.endpoint import Endpoint
from imds_sim.workloads.function import Function
from imds_sim.workloads.instance import Instance
from imds_sim.workloads.pod import Pod
from imds_sim.workloads.task import Task

Workload = Instance | Task | Pod | Function | Endpoint
