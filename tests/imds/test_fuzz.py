"""Bytes from the fuzzer, through parser, pipeline and surface: nothing breaks, nothing grows."""

import gc
from random import Random  # noqa: TID251 - seeded

import pytest

from imds_sim.kernel.exchange import Connection, Surface
from imds_sim.kernel.message import Headers, Request, Response, Unreadable
from imds_sim.server.intake import Intake
from imds_sim.server.limits import LIMITS
from imds_sim.server.refusal import MessageRefused
from tests.imds.fuzzing import request
from tests.simulator.scenes import Scene, over, scene_of

CONFIG = """
journal: {capacity: 1000}
roles: {web: {}}
instances:
  web-1:
    role: web
    tags: {Name: web}
    user_data: secret-of-the-tree
    metadata_options: {http_tokens: optional, instance_metadata_tags: enabled}
    metadata: {spot/x: "y", product-codes: null}
    public_keys: {deploy: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHju35eMuOc4sRNXElLAo8lNExJ+MRNJSVbwPwej8Jsw}
  web-2: {clients: [10.0.0.2], family: xen, role: web, metadata_options: {http_tokens: optional}}
  web-3: {clients: [10.0.0.3], throttle: {rate: 1000}}
"""  # noqa: E501 - a key is one word
MOST_HELD = 20_000  # objects by which bounded memories may still fill


def answers(scene: Scene, data: bytes, client: str) -> list[Response]:
    """What a connection that sends `data` and ends gets, without a socket."""
    connection = Connection(Surface.IMDS, None, client, 40000, "169.254.169.254", 80)
    got: list[Response] = []
    intake, limits = Intake(), LIMITS[Surface.IMDS]
    intake.feed(data)
    while not intake.is_empty:
        try:
            message: Request | Unreadable | None = intake.next_request(limits)
        except MessageRefused as refused:
            message = Unreadable(intake.head_so_far(limits), refused.defect, refused.detail)
        if message is None:
            return got
        response = scene.core.handle(connection, message)
        got.append(response)
        if response.close or isinstance(message, Unreadable):
            return got
    return got


def run(scene: Scene, count: int, seed: int) -> tuple[int, set[int]]:
    """Send `count` requests; the number of answers, and their statuses."""
    chance, answered, statuses = Random(seed), 0, set[int]()
    ttl = Headers([("X-aws-ec2-metadata-token-ttl-seconds", "21600")])
    issued = scene.core.handle(over(Surface.IMDS), Request("PUT", "/latest/api/token", ttl))
    for number in range(count):
        data = request(chance, issued.body)
        for response in answers(scene, data, f"10.0.0.{1 + number % 3}"):
            answered += 1
            statuses.add(response.status)
            assert response.status < 500 or response.status == 505, data
            assert ("Content-Length", str(len(response.body))) in response.headers, data
            head = response.head()
            assert head.count(b"\r\n") == len(response.headers) + 2, (
                data
            )  # no field was smuggled in
            assert b"root:" not in response.body
    return answered, statuses


def test_a_few_thousand_spoilt_requests_break_nothing() -> None:
    answered, statuses = run(scene_of(CONFIG), 4_000, seed=1)
    assert answered > 2_000
    assert {200, 400, 401, 403, 404, 405, 417, 505} <= statuses


@pytest.mark.slow
def test_two_hundred_thousand_spoilt_requests_break_nothing_and_leave_nothing() -> None:
    scene = scene_of(CONFIG)
    run(scene, 60_000, seed=2)
    gc.collect()
    before = len(gc.get_objects())
    answered, _ = run(scene, 140_000, seed=3)
    gc.collect()
    assert answered > 70_000
    assert len(gc.get_objects()) - before < MOST_HELD
