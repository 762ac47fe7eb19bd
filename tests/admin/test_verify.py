import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from imds_sim.admin.api import AdminApi
from imds_sim.admin.verify import MAX_BODY
from imds_sim.credentials.provider import CredentialSet, Delivery
from imds_sim.iam.principals import UserPrincipal
from imds_sim.simulator.core import Core
from imds_sim.sts.authority import Credentials
from imds_sim.sts.operations.assume_role import AssumeRoleRequest
from imds_sim.sts.signer import Signer
from tests.admin_backend import FakeBackend, fake_backend
from tests.simulator.scenes import Scene, scene_of
from tests.worlds import world_of

WORLD = """
users:
  alice:
    access_keys: [{id: AKIAALICEALICEALICE, secret: hers}]
    tags: {team: orders}
    policies: {read: shared}
roles:
  web:
    tags: {team: web, stage: test}
    permissions_boundary: shared
    policies:
      all: {Version: 2012-10-17, Id: x, Statement: {Effect: Allow, Action: 's3:*', Resource: '*'}}
    trust:
      Version: 2012-10-17
      Statement:
      - {Effect: Allow, Principal: {Service: ec2.amazonaws.com}, Action: 'sts:AssumeRole'}
      - Effect: Allow
        Principal: {AWS: "arn:aws:iam::111122223333:user/alice"}
        Action: ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity']
managed_policies:
  shared: {Version: 2012-10-17, Statement: {Effect: Allow, Action: 's3:Get*', Resource: '*'}}
accounts:
  '111122223333': {organization: {id: o-a1b2c3d4e5}, scps: [FullAWSAccess]}
instances: {web-1: {role: web}}
"""
SESSION_POLICY = '{"Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}}'
SHARED = "arn:aws:iam::111122223333:policy/shared"
UNKNOWN = "arn:aws:iam::aws:policy/ReadOnlyAccess"


@dataclass
class Verifier:
    scene: Scene
    api: AdminApi = field(init=False)

    def __post_init__(self) -> None:
        backend = fake_backend(world_of())
        self.api = AdminApi(_WithCore(backend, self.scene.core))

    def ask(self, key_id: object, session_token: object = None) -> tuple[int, Any]:
        body = {"access_key_id": key_id, "session_token": session_token}
        return self.send(json.dumps(body).encode())

    def send(self, body: bytes) -> tuple[int, Any]:
        reply = self.api.handle("POST", "/v1/verify", {}, body)
        return reply.status, json.loads(json.dumps(reply.document))

    def held(self) -> CredentialSet:
        found = self.scene.core.credentials.current("web-1", Delivery.IMDS_V2)
        assert isinstance(found, CredentialSet)
        return found

    def assumed(self, **parameters: Any) -> Credentials:
        """What alice gets of role web."""
        world = self.scene.core.world
        alice = Signer(UserPrincipal(next(iter(world.directory.users.values()))))
        request = AssumeRoleRequest("arn:aws:iam::111122223333:role/web", "hers", **parameters)
        return self.scene.core.sts.assume_role(alice, request).credentials


@dataclass
class _WithCore:
    rest: FakeBackend
    core: Core

    @property
    def process(self) -> Any:
        return self.rest.process

    def uptime(self) -> timedelta:
        return self.rest.uptime()

    def files(self) -> Any:
        return self.rest.files()

    def endpoints(self) -> Any:
        return self.rest.endpoints()

    def tick(self) -> None:
        self.rest.tick()

    def advance(self, by: timedelta) -> None:
        self.core.advance(by)

    def set_rate(self, rate: float) -> None:
        self.core.clock.go_at(rate)

    def reset_clock(self) -> None:
        self.core.reset_clock()


@pytest.fixture
def verifier() -> Verifier:
    return Verifier(scene_of(WORLD))


def test_a_role_session_is_told_with_its_policies(verifier: Verifier) -> None:
    held = verifier.held()
    status, told = verifier.ask(held.access_key_id, held.session_token.reveal())
    assert status == 200
    session_name = verifier.scene.core.world.resolver.named("web-1").role_session_name
    role = verifier.scene.core.world.directory.roles["arn:aws:iam::111122223333:role/web"]
    assert told["principal"] == {
        "type": "AssumedRole",
        "arn": f"arn:aws:sts::111122223333:assumed-role/web/{session_name}",
        "account": "111122223333",
        "user_id": f"{role.unique_id}:{session_name}",
        "role_arn": role.arn,
        "session_name": session_name,
    }
    assert told["expires_at"] == held.expires_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert told["tags"] == {"team": "web", "stage": "test"}
    assert told["session_policies"] == []
    assert told["source_identity"] is None
    assert told["context"]["ec2:RoleDelivery"] == "2.0"
    (attached,) = told["identity_policies"]
    assert attached["name"] == "all"
    assert attached["document"] == {
        "Version": "2012-10-17",
        "Id": "x",
        "Statement": [{"Effect": "Allow", "Action": ["s3:*"], "Resource": ["*"]}],
    }
    assert told["permissions_boundary"]["Statement"][0]["Action"] == ["s3:Get*"]
    assert told["service_control_policies"][0][0]["Statement"][0]["Effect"] == "Allow"


def test_what_was_put_into_a_session_comes_with_it(verifier: Verifier) -> None:
    assumed = verifier.assumed(
        policy=SESSION_POLICY,
        policy_arns=(SHARED, UNKNOWN),
        tags=(("Team", "hers"),),
        source_identity="alice",
    )
    _, told = verifier.ask(assumed.access_key_id, assumed.session_token.reveal())
    assert told["tags"] == {"stage": "test", "Team": "hers"}
    assert told["source_identity"] == "alice"
    inline, shared, unknown = told["session_policies"]
    assert inline == {"name": None, "document": json.loads(SESSION_POLICY)}
    assert shared["name"] == SHARED
    assert shared["document"]["Statement"]
    assert unknown == {
        "name": UNKNOWN,
        "document": {"Version": "2012-10-17", "Statement": []},
    }


def test_a_long_term_key_is_its_user(verifier: Verifier) -> None:
    status, told = verifier.ask("AKIAALICEALICEALICE")
    assert status == 200
    assert told["principal"]["type"] == "User"
    assert told["principal"]["user_name"] == "alice"
    assert told["expires_at"] is None
    assert told["tags"] == {"team": "orders"}
    assert told["identity_policies"][0]["name"] == SHARED


def test_an_expired_session_is_refused_as_the_sts_does(verifier: Verifier) -> None:
    held = verifier.held()
    verifier.scene.clock.advance(
        held.expires_at - verifier.scene.clock.now() - timedelta(seconds=1)
    )
    asked = held.access_key_id, held.session_token.reveal()
    assert verifier.ask(*asked)[0] == 200
    verifier.scene.clock.advance(timedelta(seconds=1))
    status, told = verifier.ask(*asked)
    assert (status, told["error"]["code"]) == (403, "ExpiredToken")


@pytest.mark.parametrize(
    ("key_id", "session_token"),
    [
        ("ASIAUNKNOWNUNKNOWN00", None),
        ("ASIAUNKNOWNUNKNOWN00", "held"),
        ("AKIAALICEALICEALICE", "held"),
        ("own", "damaged"),
        ("own", None),
    ],
)
def test_credentials_that_are_not_good_are_refused(
    verifier: Verifier, key_id: str, session_token: str | None
) -> None:
    held = verifier.held()
    token = held.session_token.reveal()
    given = {"held": token, "damaged": token[:-8] + "AAAAAAA="}.get(session_token or "")
    status, told = verifier.ask(held.access_key_id if key_id == "own" else key_id, given)
    assert (status, told["error"]["code"]) == (403, "InvalidClientTokenId")
    assert token not in json.dumps(told)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{",
        b"\xff",
        b"[" * 10_000,
        b"{}",
        b'{"access_key_id": ""}',
        b'{"access_key_id": 5}',
        b'{"access_key_id": "A", "session_token": 5}',
        b'{"access_key_id": "A", "sesion_token": "t"}',
    ],
)
def test_a_body_that_is_none_is_refused(verifier: Verifier, body: bytes) -> None:
    status, told = verifier.send(body)
    assert (status, told["error"]["code"]) == (400, "InvalidBody")


def test_a_body_has_a_size(verifier: Verifier) -> None:
    body = b'{"access_key_id": "AKIAALICEALICEALICE"}'
    assert verifier.send(body.ljust(MAX_BODY))[0] == 200
    status, told = verifier.send(body.ljust(MAX_BODY + 1))
    assert (status, told["error"]["code"]) == (413, "BodyTooLarge")


def test_nothing_secret_is_told(verifier: Verifier) -> None:
    held = verifier.held()
    _, of_session = verifier.ask(held.access_key_id, held.session_token.reveal())
    _, of_user = verifier.ask("AKIAALICEALICEALICE")
    shown = json.dumps([of_session, of_user])
    assert held.session_token.reveal() not in shown
    assert held.secret_access_key.reveal() not in shown
    assert '"hers"' not in shown
