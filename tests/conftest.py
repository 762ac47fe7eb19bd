import os
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import hypothesis
import pytest

from imds_sim.kernel.secret import Secret
from imds_sim.workloads.function import Function
from imds_sim.workloads.instance import Instance, NetworkInterface
from imds_sim.workloads.pod import Cluster, Pod
from imds_sim.workloads.role import AttachedRole
from imds_sim.workloads.task import Container, Port, Task

ROLE = AttachedRole("web", "arn:aws:iam::111122223333:role/web")


@pytest.fixture
def make_instance() -> Callable[..., Instance]:
    """An instance by name; keyword arguments replace fields."""
    eth0 = NetworkInterface(
        id="eni-0a",
        mac="02:29:96:8f:6a:2d",
        device_number=0,
        private_ipv4="172.31.0.9",
        private_hostname="ip-172-31-0-9.ec2.internal",
        subnet_id="subnet-0a",
        subnet_ipv4_cidr="172.31.0.0/20",
        vpc_id="vpc-0a",
        vpc_ipv4_cidr="172.31.0.0/16",
        security_groups={"default": "sg-0a"},
    )

    def make(name: str, **fields: Any) -> Instance:
        instance = Instance(
            name=name,
            id=f"i-{name}",
            partition="aws",
            dns_suffix="amazonaws.com",
            account="111122223333",
            region="us-east-1",
            availability_zone="us-east-1a",
            availability_zone_id="use1-az1",
            image_id="ami-0a",
            instance_type="m7g.large",
            architecture="arm64",
            reservation_id="r-0a",
            launched_at=datetime(2026, 1, 1, tzinfo=UTC),
            interfaces=(eth0,),
        )
        return replace(instance, **fields)

    return make


@pytest.fixture
def task() -> Task:
    return Task(
        name="api",
        id="0" * 32,
        partition="aws",
        account="111122223333",
        region="us-east-1",
        cluster="default",
        credentials_id="16105516-51c7-41a2-ad8a-ba7411f309a0",
        role=ROLE,
        execution_role=AttachedRole("pull", "arn:aws:iam::111122223333:role/pull"),
        execution_credentials_id="5e0c0f2d-51c7-41a2-ad8a-ba7411f309a0",
        family="api",
        revision=3,
        availability_zone="us-east-1a",
        interface=NetworkInterface(
            id="eni-0b",
            mac="02:6a:11:22:33:44",
            device_number=0,
            private_ipv4="172.31.0.12",
            private_hostname="ip-172-31-0-12.ec2.internal",
            subnet_id="subnet-0a",
            subnet_ipv4_cidr="172.31.0.0/20",
            vpc_id="vpc-0a",
            vpc_ipv4_cidr="172.31.0.0/16",
            security_groups={"default": "sg-0a"},
        ),
        cpu=0.25,
        memory=512,
        service_name="api",
        tags={"team": "R&D"},
        containers=(
            Container(
                name="web",
                docker_id="d0c" + "0" * 61,
                docker_name="ecs-api-3-web-c2e5f6e0cf91b0bead01",
                endpoint_id="5b7c1ad6-2a4f-4b1a-9d5c-0e8f6d3c2b1a",
                arn=f"arn:aws:ecs:us-east-1:111122223333:container/default/{'0' * 32}/c1",
                image="web:<1>",
                image_id="sha256:" + "1" * 64,
                cpu=10,
                memory=128,
                ports=(Port(8080), Port(53, 5353, "udp")),
                labels={"who": "us & them"},
            ),
            Container(
                name="log",
                docker_id="a11" + "0" * 61,
                docker_name="ecs-api-3-log-0123456789abcdef0123",
                endpoint_id="0f0f0f0f-2a4f-4b1a-9d5c-0e8f6d3c2b1a",
                arn=f"arn:aws:ecs:us-east-1:111122223333:container/default/{'0' * 32}/c2",
                image="log",
                image_id="sha256:" + "2" * 64,
            ),
        ),
        started_at=datetime(2026, 1, 2, 2, 0, 0, 120_000, tzinfo=UTC),
    )


@pytest.fixture
def pod() -> Pod:
    return Pod(
        name="api-7c9d8",
        uid="376f3cff-44fe-4a00-b9d4-970555f311d3",
        partition="aws",
        account="111122223333",
        region="us-east-1",
        cluster=Cluster(
            "blue-green-demo",
            "arn:aws:eks:us-east-1:111122223333:cluster/blue-green-demo",
            "https://oidc.eks.us-east-1.amazonaws.com/id/0A",
        ),
        namespace="shop",
        service_account="orders",
        service_account_uid="d0c2ed78-fc24-4548-903a-a5879bd6f06f",
        role=ROLE,
    )


@pytest.fixture
def function() -> Function:
    return Function(
        name="resize",
        partition="aws",
        account="111122223333",
        region="us-east-1",
        role=ROLE,
        authorization_token=Secret("open-sesame"),
        environment_token=Secret("where-am-i"),
        availability_zone_id="use1-az1",
        snap_start=True,
    )


# Who runs the tests in the background of a script has them ignore Ctrl-C, and so would what they
# start; a handler, unlike that, is not inherited.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# How long an example takes on a busy machine says nothing about the service.
hypothesis.settings.register_profile("imds-sim", deadline=None)
hypothesis.settings.load_profile("imds-sim")


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """For the whole default run the processors, up to four; a part of it needs no other process.

    What is slow has the machine for itself: it boots, compiles, and waits on the wall clock.
    """
    whole = config.args_source is pytest.Config.ArgsSource.TESTPATHS
    if not whole or config.option.markexpr != "not slow":
        return 0
    return min(len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1, 4)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Where nothing may skip, a skip is a failure: see IMDS_SIM_TEST_NO_SKIPS in `.ci/run`."""
    skipped = terminalreporter.stats.get("skipped", [])
    if skipped and os.environ.get("IMDS_SIM_TEST_NO_SKIPS"):
        terminalreporter.write_line(f"{len(skipped)} skipped where nothing may skip", red=True)


def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter and reporter.stats.get("skipped") and os.environ.get("IMDS_SIM_TEST_NO_SKIPS"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
