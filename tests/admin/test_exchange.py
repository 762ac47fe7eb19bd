import base64
import json
from dataclasses import dataclass
from typing import Any

import pytest

from imds_sim.admin.api import AdminApi
from imds_sim.server.backend import Backend
from imds_sim.server.recording import Recording
from tests.simulator.scenes import Scene, scene_of

WORLD = """
roles: {web: {}}
instances:
  web-1: {role: web, id: i-0aaaaaaaaaaaaaaaa}
  web-2: {role: web, id: i-0bbbbbbbbbbbbbbbb, listen: ["127.0.0.1:1400"]}
tasks: {api-1: {role: web, credentials_id: 16105516-51c7-41a2-ad8a-ba7411f309a0}}
"""
TTL = ["X-aws-ec2-metadata-token-ttl-seconds", "60"]
PROOF = "X-aws-ec2-metadata-token"


@dataclass
class _Runtime:
    """As much of the runtime as an exchange needs: no listener takes part."""

    core: Any


@dataclass
class Exchanger:
    scene: Scene

    def ask(self, document: object, **query: str) -> tuple[int, Any]:
        # Without loop and process: the route asks for neither, and a Runtime needs both.
        core = self.scene.core
        backend = Backend(_Runtime(core), None, Recording(core))  # type: ignore[arg-type]
        api = AdminApi(backend)
        reply = api.handle("POST", "/v1/exchange", query, json.dumps(document).encode())
        return reply.status, json.loads(json.dumps(reply.document))

    def body(self, document: object, **query: str) -> str:
        status, reply = self.ask(document, **query)
        assert (status, reply["status"], reply["reason"]) == (200, 200, "OK")
        return base64.b64decode(reply["body"]).decode()


@pytest.fixture
def exchanger() -> Exchanger:
    return Exchanger(scene_of(WORLD))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        pytest.param({}, "i-0aaaaaaaaaaaaaaaa", id="the shared listener"),
        pytest.param({"as": "web-1"}, "i-0aaaaaaaaaaaaaaaa", id="web-1"),
        pytest.param({"as": "web-2"}, "i-0bbbbbbbbbbbbbbbb", id="web-2"),
    ],
)
def test_the_metadata_service_answers_as_the_instance_named(
    exchanger: Exchanger, query: dict[str, str], expected: str
) -> None:
    put = {"surface": "imds", "method": "PUT", "path": "/latest/api/token", "headers": [TTL]}
    metadata_token = exchanger.body(put, **query)
    path = "/latest/meta-data/instance-id"
    get = {"surface": "imds", "path": path, "headers": [[PROOF, metadata_token]]}
    assert exchanger.body(get, **query) == expected
    assert [(entry.method, entry.path) for entry in exchanger.scene.core.journal] == [
        ("PUT", "/latest/api/token"),
        ("GET", path),
    ]


def test_the_reply_is_the_one_of_the_wire(exchanger: Exchanger) -> None:
    get = {"surface": "imds", "path": "/latest/meta-data/"}
    status, reply = exchanger.ask(get)
    wire = exchanger.scene.get("/latest/meta-data/", v1=True)
    assert (status, reply["status"], reply["reason"]) == (200, 401, wire.reason)
    assert [tuple(field) for field in reply["headers"]] == list(wire.headers)
    assert base64.b64decode(reply["body"]) == wire.body
    head = exchanger.ask({**get, "method": "HEAD"})[1]
    assert (head["status"], head["body"]) == (401, "")


def test_a_task_is_named_by_its_path(exchanger: Exchanger) -> None:
    path = "/v2/credentials/16105516-51c7-41a2-ad8a-ba7411f309a0"
    get = {"surface": "ecs", "path": path, "headers": [["Host", "169.254.170.2"]]}
    assert "role/web" in exchanger.body(get)


def test_a_body_reaches_the_sts(exchanger: Exchanger) -> None:
    form = base64.b64encode(b"Action=GetCallerIdentity&Version=2011-06-15").decode()
    kind = ["Content-Type", "application/x-www-form-urlencoded"]
    post = {"surface": "sts", "method": "POST", "path": "/", "headers": [kind], "body": form}
    status, reply = exchanger.ask(post)
    assert (status, reply["status"]) == (200, 403)
    assert b"MissingAuthenticationToken" in base64.b64decode(reply["body"])


GET = {"surface": "imds", "path": "/"}


@pytest.mark.parametrize(
    "document",
    [
        None,
        {},
        {**GET, "surface": "s3"},
        {**GET, "surface": []},
        {"surface": "imds"},
        {**GET, "path": ""},
        {**GET, "path": "/a b"},
        {**GET, "path": "/\r\nX: y"},
        {**GET, "path": "/\u20ac"},
        {**GET, "method": "G T"},
        {**GET, "method": ""},
        {**GET, "headers": {"Host": "x"}},
        {**GET, "headers": [["Host"]]},
        {**GET, "headers": [["Ho st", "x"]]},
        {**GET, "headers": [["Host", "a\nb"]]},
        {**GET, "headers": [["Host", 5]]},
        {**GET, "body": "*"},
        {**GET, "body": "\u20ac"},
        {**GET, "body": None},
        {**GET, "version": "1.0"},
    ],
)
def test_what_could_not_be_sent_is_refused(exchanger: Exchanger, document: object) -> None:
    status, reply = exchanger.ask(document)
    assert (status, reply["error"]["code"]) == (400, "InvalidBody")
    assert len(exchanger.scene.core.journal) == 0


@pytest.mark.parametrize(
    ("name", "status", "code"), [("web-9", 404, "WorkloadUnknown"), ("api-1", 400, "InvalidQuery")]
)
def test_only_an_instance_has_a_metadata_service(
    exchanger: Exchanger, name: str, status: int, code: str
) -> None:
    told, reply = exchanger.ask(GET, **{"as": name})
    assert (told, reply["error"]["code"]) == (status, code)


@pytest.mark.parametrize(
    ("fault", "status"),
    [("ecs:hang", 0), ("ecs:reset", 0), ("ecs:delay=1h", 200), ("ecs:503", 503)],
)
def test_faults_take_part_and_no_answer_is_none(
    exchanger: Exchanger, fault: str, status: int
) -> None:
    exchanger.scene.core.arm(fault)
    path = "/v2/credentials/16105516-51c7-41a2-ad8a-ba7411f309a0"
    asked = {"surface": "ecs", "path": path, "headers": [["Host", "x"]]}
    answered, reply = exchanger.ask(asked)
    assert (answered, reply["status"], bool(reply["body"])) == (200, status, bool(status))
