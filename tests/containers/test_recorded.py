"""Answers of real Go servers (recorded/server.go), compared to the byte."""

import json
from dataclasses import replace
from pathlib import Path
from typing import TypedDict

import pytest

from imds_sim.containers.aws_lambda import LambdaHandler
from imds_sim.containers.ecs import EcsAgent, EcsHandler, EcsOptions
from imds_sim.containers.eks import EksHandler
from imds_sim.containers.generic import GenericHandler
from imds_sim.kernel.clock import ManualClock
from imds_sim.kernel.message import Defect, Response, Unreadable
from imds_sim.kernel.secret import Secret
from imds_sim.kernel.token_bucket import Rate
from imds_sim.workloads.endpoint import Dialect
from imds_sim.workloads.function import Function
from imds_sim.workloads.pod import Pod
from imds_sim.workloads.resolve import Resolver
from imds_sim.workloads.task import Task
from tests.containers.client import CONNECTION, DATE, GENERIC, REFUSED, HeldSets, parsed
from tests.containers.conftest import MakeEndpoint


class Transcript(TypedDict):
    """One exchange; in the reply the date and the client's address are left blank."""

    server: str
    request: str
    reply: str
    kept: bool


TRANSCRIPTS: list[Transcript] = json.loads(
    (Path(__file__).parent / "recorded" / "transcripts.json").read_text()
)
PENDING = "00000000-51c7-41a2-ad8a-ba7411f309a0"


def of(server: str) -> list[object]:
    return [
        pytest.param(each, id=" ".join(each["request"].split("\r\n")).strip())
        for each in TRANSCRIPTS
        if each["server"] == server
    ]


def compare(response: Response, transcript: Transcript) -> None:
    body = b"" if transcript["request"].startswith("HEAD ") else response.payload
    written = (response.head() + body).decode("latin-1")
    assert (
        written.replace(DATE, "<date>").replace("172.30.0.11:40000", "<peer>")
        == (transcript["reply"])
    )
    assert response.close is not transcript["kept"]


@pytest.mark.parametrize("transcript", of("ecs"))
def test_the_ecs_agent_answers_as_recorded(
    ecs: EcsHandler, provider: HeldSets, task: Task, transcript: Transcript
) -> None:
    request = parsed(transcript["request"])
    if PENDING in request.target:
        provider.sets[task.name] = REFUSED
        task = replace(task, credentials_id=PENDING)
    asked = Resolver.of([task]).resolve(CONNECTION, request)
    assert isinstance(asked, Task | None)
    compare(ecs.handle(request, asked, CONNECTION), transcript)


@pytest.mark.parametrize("transcript", of("throttled"))
def test_who_asks_too_often_is_answered_as_recorded(
    provider: HeldSets, clock: ManualClock, agent: EcsAgent, task: Task, transcript: Transcript
) -> None:
    options = EcsOptions(rate=Rate(per_second=0.001, burst=1))
    throttled = EcsHandler(provider, clock, replace(agent, options=options))
    request = parsed(transcript["request"])
    assert throttled.handle(request, task, CONNECTION).status != 429
    compare(throttled.handle(request, task, CONNECTION), transcript)


@pytest.mark.parametrize("transcript", of("lambda"))
def test_the_runtime_api_answers_as_recorded(
    aws_lambda: LambdaHandler, function: Function, transcript: Transcript
) -> None:
    request = parsed(transcript["request"])
    compare(aws_lambda.handle(request, function, CONNECTION), transcript)


@pytest.mark.parametrize("dialect", [Dialect.GREENGRASS, Dialect.AWS_VAULT])
def test_the_servers_of_others_answer_as_recorded(
    generic: GenericHandler, endpoint: MakeEndpoint, dialect: Dialect
) -> None:
    path = "/2016-11-01/credentialprovider/" if dialect is Dialect.GREENGRASS else "/"
    asked = endpoint(path, dialect)
    transcripts = [each for each in TRANSCRIPTS if each["server"] == dialect.value]
    assert len(transcripts) > 20
    for transcript in transcripts:
        request = parsed(transcript["request"])
        named = Resolver.of([asked]).resolve(GENERIC, request)
        assert named is asked
        compare(generic.handle(request, asked, GENERIC), transcript)


@pytest.mark.parametrize("transcript", of("lambda metadata"))
def test_the_metadata_endpoint_of_lambda_answers_as_recorded(
    aws_lambda: LambdaHandler, function: Function, transcript: Transcript
) -> None:
    request = parsed(transcript["request"])
    asked = replace(function, environment_token=Secret("open-sesame"))
    compare(aws_lambda.handle(request, asked, CONNECTION), transcript)


@pytest.mark.parametrize("transcript", of("eks"))
def test_the_eks_agent_answers_as_recorded(
    eks: EksHandler, pod: Pod, transcript: Transcript
) -> None:
    request = parsed(transcript["request"])
    compare(eks.handle(request, pod, replace(CONNECTION, local="")), transcript)


@pytest.mark.parametrize("transcript", of("unreadable"))
def test_bytes_that_are_no_request_are_answered_as_recorded(
    ecs: EcsHandler, aws_lambda: LambdaHandler, transcript: Transcript
) -> None:
    unreadable = Unreadable(b"", Defect(transcript["request"]))
    for handler in (ecs, aws_lambda):
        response = handler.refuse(unreadable)
        compare(response, transcript)
        assert response.notes.detail == transcript["request"]
