"""Sessions are revoked as the console does it: by a Deny on what was issued before a moment."""

from datetime import timedelta

from imds_sim.kernel.timestamps import iso_seconds
from tests.simulator.scenes import Scene, scene_of

OPS = "arn:aws:iam::111122223333:role/ops"
WORLD = """
roles:
  web:
    policies:
      chain:
        Version: "2012-10-17"
        Statement: [{Effect: Allow, Action: "sts:AssumeRole", Resource: "*"}]
%s
  ops:
    trust:
      Version: "2012-10-17"
      Statement:
        - {Effect: Allow, Principal: {AWS: "111122223333"}, Action: "sts:AssumeRole"}
instances: {web-1: {role: web}}
"""
REVOKE = """
      AWSRevokeOlderSessions:
        Version: "2012-10-17"
        Statement:
          - Effect: Deny
            Action: "*"
            Resource: "*"
            Condition: {DateLessThan: {"aws:TokenIssueTime": "%s"}}
"""


def assume(scene: Scene, keys: dict[str, str]) -> int:
    answer = scene.sts(keys, Action="AssumeRole", RoleArn=OPS, RoleSessionName="next")
    return answer.status


def test_a_session_from_before_is_denied_and_one_from_after_is_not() -> None:
    scene = scene_of(WORLD % "")
    old = scene.credentials()
    assert assume(scene, old) == 200
    scene.clock.advance(timedelta(seconds=60))
    scene.core.swap(scene.world(WORLD % (REVOKE % iso_seconds(scene.clock.now()))))
    assert assume(scene, old) == 403
    assert scene.identity(old).status == 200  # asks for no permission
    scene.core.rotate()
    assert assume(scene, scene.credentials()) == 200
