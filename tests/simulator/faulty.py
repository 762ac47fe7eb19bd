"""A core with one workload of each kind, and its clients, for tests of faults."""

import json
from dataclasses import dataclass, field
from typing import Any

from imds_sim.faults.grammar import parse
from imds_sim.kernel.exchange import Surface
from imds_sim.kernel.message import Headers, Request, Response
from imds_sim.kernel.plan import WirePlan
from imds_sim.workloads.pod import POD_AUDIENCE, Pod
from tests.simulator.scenes import Scene, over, scene_of

WORLD = """
seed: 7
roles:
  web:
    trust:
      Version: "2012-10-17"
      Statement:
        - {Effect: Allow, Principal: {Service: ec2.amazonaws.com}, Action: "sts:AssumeRole"}
        - Effect: Allow
          Principal: {AWS: "111122223333"}
          Action: ["sts:AssumeRole", "sts:TagSession"]
  api: {}
  resize: {}
  pod:
    policies:
      chain:
        Version: "2012-10-17"
        Statement: {Effect: Allow, Action: ["sts:AssumeRole", "sts:TagSession"], Resource: "*"}
instances: {web-1: {role: web}}
tasks: {api-1: {role: api, credentials_id: 16105516-51c7-41a2-ad8a-ba7411f309a0}}
pods: {pod-1: {role: pod}, chained: {role: pod, target_role: web}}
functions: {resize-1: {role: resize, snap_start: true, authorization_token: open-sesame}}
"""
ROLES = "/latest/meta-data/iam/security-credentials"
TTL = "X-aws-ec2-metadata-token-ttl-seconds"


@dataclass
class Clients:
    """One client of each surface, which keeps its metadata token."""

    scene: Scene = field(default_factory=lambda: scene_of(WORLD))
    metadata_token: str = ""

    def arm(self, fault: str) -> None:
        self.scene.core.faults.add(parse(fault))

    def calm(self) -> None:
        self.scene.core.faults.clear()

    def ask(
        self, surface: Surface, method: str, target: str, *headers: tuple[str, str]
    ) -> Response:
        request = Request(method, target, Headers((("Host", "127.0.0.1"), *headers)))
        return self.scene.core.handle(over(surface), request)

    def put(self, ttl: int = 600) -> Response:
        """Ask for a metadata token, and keep it."""
        issued = self.ask(Surface.IMDS, "PUT", "/latest/api/token", (TTL, str(ttl)))
        self.metadata_token = issued.body.decode() if issued.status == 200 else ""
        return issued

    def read(self, path: str, v1: bool = False) -> Response:
        """Read from the metadata service, with the token that is kept or a first one."""
        if not v1 and not self.metadata_token:
            self.put()
        shown = () if v1 else (("X-aws-ec2-metadata-token", self.metadata_token),)
        return self.ask(Surface.IMDS, "GET", path, *shown)

    def roles(self) -> Response:
        return self.read(f"{ROLES}/")

    def credentials(self, role: str = "web", v1: bool = False) -> Response:
        return self.read(f"{ROLES}/{role}", v1)

    def extended(self) -> Response:
        return self.read(f"{ROLES}-extended/web")

    def ecs(self, path: str = "/v2/credentials/16105516-51c7-41a2-ad8a-ba7411f309a0") -> Response:
        return self.ask(Surface.ECS, "GET", path)

    def aws_lambda(self) -> Response:
        shown = ("Authorization", "open-sesame")
        return self.ask(Surface.LAMBDA, "GET", "/2021-04-23/credentials", shown)

    def eks(self, pod: str = "pod-1") -> Response:
        core = self.scene.core
        named = core.world.resolver.named(pod)
        assert isinstance(named, Pod)
        token = core.cluster_tokens.mint(named, POD_AUDIENCE).reveal()
        return self.ask(Surface.EKS, "GET", "/v1/credentials", ("Authorization", token))

    def identity(self, document: Response) -> str:
        """What the STS says of a set, signed correctly: `ok` or the code of the error."""
        answer = self.scene.identity(members(document))
        if answer.status == 200:
            return "ok"
        return answer.body.decode().split("<Code>")[1].split("</Code>")[0]

    @property
    def noted(self) -> str | None:
        """The fault that the journal names for the last request."""
        return list(self.scene.core.journal)[-1].fault

    @property
    def status(self) -> int:
        """The status that the journal has for the last request."""
        return list(self.scene.core.journal)[-1].status


def members(document: Response) -> dict[str, Any]:
    """The credentials document of a reply."""
    read: dict[str, Any] = json.loads(document.body)
    return read


def header(response: Response, name: str) -> str | None:
    return Headers(response.headers).get(name)


def usual(response: Response) -> bool:
    """Whether a reply is an everyday one, sent in the usual way."""
    return response.status == 200 and response.plan in (None, WirePlan())
