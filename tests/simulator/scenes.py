"""A core without sockets, and clients that are one function call."""

import json
from dataclasses import dataclass
from urllib.parse import urlencode

from imds_sim.config.build import build_world
from imds_sim.config.load import parse_config
from imds_sim.iam.generations import Generations
from imds_sim.kernel.clock import ManualClock
from imds_sim.kernel.entropy import SeededEntropy
from imds_sim.kernel.exchange import Connection, Surface
from imds_sim.kernel.identifiers import Identifiers
from imds_sim.kernel.keys import KeyKeeper
from imds_sim.kernel.message import Headers, Request, Response
from imds_sim.kernel.secret import Secret
from imds_sim.simulator.core import Core, derived_key
from imds_sim.simulator.world import World
from imds_sim.sts.query_api.sigv4 import sign
from tests.keys import KEYS

STATE_KEY = b"k" * 32
FORM = "application/x-www-form-urlencoded; charset=utf-8"


def over(surface: Surface, instance: str | None = None) -> Connection:
    return Connection(surface, instance, "127.0.0.1", 40000, "127.0.0.1", 1338)


@dataclass
class Scene:
    """A core, its clock, and the requests that clients make."""

    core: Core
    clock: ManualClock

    def world(self, text: str) -> World:
        """Another world from YAML, on the generations of the one that answers."""
        ids = Identifiers(derived_key(STATE_KEY, "identifiers"))
        generations = self.core.world.generations
        return build_world(parse_config(text), ids, generations, self.clock.now())

    def get(self, path: str, instance: str | None = None, v1: bool = False) -> Response:
        """GET from the metadata service, with the token flow unless `v1`."""
        connection = over(Surface.IMDS, instance)
        headers = []
        if not v1:
            ttl = Headers([("X-aws-ec2-metadata-token-ttl-seconds", "60")])
            issued = self.core.handle(connection, Request("PUT", "/latest/api/token", ttl))
            headers = [("X-aws-ec2-metadata-token", issued.body.decode())]
        return self.core.handle(connection, Request("GET", path, Headers(headers)))

    def credentials(self, role: str = "web", v1: bool = False) -> dict[str, str]:
        """The credentials document of the shared metadata service."""
        path = f"/latest/meta-data/iam/security-credentials/{role}"
        document: dict[str, str] = json.loads(self.get(path, v1=v1).body)
        return document

    def identity(self, keys: dict[str, str]) -> Response:
        """A signed GetCallerIdentity."""
        return self.sts(keys, Action="GetCallerIdentity")

    def sts(self, keys: dict[str, str], **parameters: str) -> Response:
        """A signed call of the STS."""
        body = urlencode({"Version": "2011-06-15", **parameters}).encode()
        headers = [("Host", "127.0.0.1:1339"), ("Content-Type", FORM)]
        request = Request("POST", "/", Headers(headers), body)
        signed = sign(
            request,
            access_key_id=keys["AccessKeyId"],
            secret_access_key=Secret(keys["SecretAccessKey"]),
            session_token=Secret(keys["Token"]) if "Token" in keys else None,
            region="us-east-1",
            moment=self.clock.wall(),
        )
        return self.core.handle(over(Surface.STS), signed)


def scene_of(text: str, clock: ManualClock | None = None, keys: KeyKeeper = KEYS) -> Scene:
    clock = clock or ManualClock()
    ids = Identifiers(derived_key(STATE_KEY, "identifiers"))
    world = build_world(parse_config(text), ids, Generations(), clock.now())
    core = Core(world, STATE_KEY, clock, SeededEntropy(1), issuer_keys=keys)
    core.prime()
    return Scene(core, clock)
