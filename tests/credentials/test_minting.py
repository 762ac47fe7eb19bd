"""What each kind of workload's service asks of the STS, and what the session is bound to."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from imds_sim.credentials.minting import UNAUTHORIZED, Minter, deliveries
from imds_sim.credentials.provider import CredentialSet, Delivery, Refused
from imds_sim.iam.directory import Directory
from imds_sim.iam.document import Policy
from imds_sim.iam.entities import Role
from imds_sim.iam.grammar import parse_trust_policy
from imds_sim.kernel.clock import ManualClock
from imds_sim.kernel.entropy import SeededEntropy
from imds_sim.sts.sealed_session import SealedSession
from imds_sim.sts.service import Service
from imds_sim.sts.sessions import SessionSealer
from imds_sim.workloads.function import Function
from imds_sim.workloads.instance import Instance, MetadataOptions
from imds_sim.workloads.role import AttachedRole
from imds_sim.workloads.task import Task
from imds_sim.workloads.workload import Workload

MakeInstance = Callable[..., Instance]
ACCOUNT = "111122223333"
ROLE = AttachedRole("web", f"arn:aws:iam::{ACCOUNT}:role/web")
ENTROPY = SeededEntropy(1)
SEALER = SessionSealer(b"k" * 32, ENTROPY)


def trusting(service: str, **condition: dict[str, str]) -> Policy:
    statement: dict[str, object] = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sts:AssumeRole",
    }
    if condition:
        statement["Condition"] = condition
    return parse_trust_policy({"Version": "2012-10-17", "Statement": [statement]})


def mint(
    workload: Workload, trust: Policy, delivery: Delivery = Delivery.CONTAINER
) -> CredentialSet | Refused:
    role = Role("aws", ACCOUNT, "web", "AROA" + "A" * 17, trust)
    service = Service(Directory.of([role]), SEALER, ManualClock(), ENTROPY, "us-east-1")
    return Minter(service).mint(workload, ROLE, delivery)


def session_of(held: CredentialSet | Refused) -> SealedSession:
    assert isinstance(held, CredentialSet)
    return SEALER.open(held.session_token.reveal())


@pytest.mark.parametrize("delivery", [Delivery.IMDS_V1, Delivery.IMDS_V2])
def test_an_instances_session_is_bound_to_it_and_to_its_delivery(
    make_instance: MakeInstance, delivery: Delivery
) -> None:
    instance = make_instance("a", id="i-0123456789abcdef0")
    held = mint(instance, trusting("ec2.amazonaws.com"), delivery)
    session = session_of(held)
    assert session.name == "i-0123456789abcdef0"
    assert session.expires_at - session.issued_at == timedelta(hours=6, minutes=35)
    assert session.context == {
        "ec2:RoleDelivery": delivery.value,
        "ec2:SourceInstanceARN": f"arn:aws:ec2:us-east-1:{ACCOUNT}:instance/i-0123456789abcdef0",
        "aws:Ec2InstanceSourceVpc": "vpc-0a",
        "aws:Ec2InstanceSourcePrivateIPv4": "172.31.0.9",
    }


def test_a_tasks_session_is_named_after_its_id(task: Task) -> None:
    session = session_of(mint(task, trusting("ecs-tasks.amazonaws.com")))
    assert session.name == task.id
    assert session.expires_at - session.issued_at == timedelta(hours=6)
    assert session.context == {}


def test_a_functions_session_is_named_after_it_and_lasts_twelve_hours(function: Function) -> None:
    session = session_of(mint(function, trusting("lambda.amazonaws.com")))
    assert session.name == "resize"
    assert session.expires_at - session.issued_at == timedelta(hours=12)
    assert session.context == {"lambda:SourceFunctionArn": function.arn}


def test_a_role_that_trusts_another_service_refuses(task: Task) -> None:
    refused = mint(task, trusting("ec2.amazonaws.com"))
    assert isinstance(refused, Refused)
    assert (refused.role_name, refused.code) == ("web", UNAUTHORIZED)
    assert "ecs-tasks.amazonaws.com" in refused.message


@pytest.mark.parametrize(("account", "granted"), [(ACCOUNT, True), ("999999999999", False)])
def test_a_trust_policy_may_ask_for_the_source_account_and_arn(
    task: Task, account: str, granted: bool
) -> None:
    trust = trusting(
        "ecs-tasks.amazonaws.com",
        StringEquals={"aws:SourceAccount": account},
        ArnLike={"aws:SourceArn": f"arn:aws:ecs:us-east-1:{ACCOUNT}:*"},
    )
    assert isinstance(mint(task, trust), CredentialSet) is granted


def test_imdsv1_has_a_set_only_where_it_is_open(
    make_instance: MakeInstance, task: Task, function: Function
) -> None:
    closed = make_instance("a")
    opened = make_instance("b", options=MetadataOptions(http_tokens_required=False))
    assert deliveries(closed) == (Delivery.IMDS_V2,)
    assert deliveries(opened) == (Delivery.IMDS_V1, Delivery.IMDS_V2)
    assert deliveries(function) == (Delivery.CONTAINER,)


def test_a_task_has_a_set_for_each_role_that_it_has(task: Task) -> None:
    assert deliveries(task) == (Delivery.EXECUTION, Delivery.CONTAINER)
    assert deliveries(replace(task, execution_role=None)) == (Delivery.CONTAINER,)
    assert deliveries(replace(task, role=None)) == (Delivery.EXECUTION,)
    assert deliveries(replace(task, role=None, execution_role=None)) == ()
