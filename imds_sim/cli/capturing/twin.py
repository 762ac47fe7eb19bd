"""A configuration, served in this process to be walked like a live endpoint."""

from collections.abc import Mapping

from imds_sim.cli.capturing.configuration import NAME
from imds_sim.cli.capturing.endpoint import TOKEN_HEADER, TOKEN_TTL_HEADER, TTL_SECONDS, Answer
from imds_sim.config.build import build_world
from imds_sim.config.load import parse_config
from imds_sim.iam.generations import Generations
from imds_sim.kernel.clock import SystemClock
from imds_sim.kernel.entropy import SystemEntropy
from imds_sim.kernel.exchange import Connection, Surface
from imds_sim.kernel.identifiers import Identifiers
from imds_sim.kernel.message import Headers, Request
from imds_sim.simulator.core import Core

_KEY_BYTES = 32


class Twin:
    """Answers as the captured instance would, were `document` served."""

    url = "the configuration"

    def __init__(self, document: Mapping[str, object]) -> None:
        """Raises ConfigInvalid."""
        clock, entropy = SystemClock(), SystemEntropy()
        key = entropy.bytes(_KEY_BYTES, "twin")
        world = build_world(
            parse_config(document, "<capture>"), Identifiers(key), Generations(), clock.now()
        )
        self._core = Core(world, key, clock, entropy)
        self._over = Connection(Surface.IMDS, NAME, "127.0.0.1", 0, "127.0.0.1", 0)
        ttl = Headers([(TOKEN_TTL_HEADER, str(TTL_SECONDS))])
        issued = self._core.handle(self._over, Request("PUT", "/latest/api/token", ttl))
        self._headers = Headers([(TOKEN_HEADER, issued.body.decode())])

    def get(self, path: str) -> Answer:
        """GET with a token."""
        answer = self._core.handle(self._over, Request("GET", path, self._headers))
        fields = tuple(answer.headers)
        return Answer(answer.status, answer.reason, fields, answer.body, answer.version)
