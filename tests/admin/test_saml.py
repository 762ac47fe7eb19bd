"""Built-in SAML providers through the admin API."""

import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from imds_sim.admin.api import AdminApi
from imds_sim.admin.saml import MAX_BODY
from imds_sim.sts.federation.saml_metadata import read_metadata
from imds_sim.sts.operations.assume_role_with_saml import AssumeRoleWithSamlRequest
from tests.admin.test_verify import _WithCore
from tests.admin_backend import fake_backend
from tests.simulator.scenes import Scene, scene_of
from tests.worlds import world_of

WORLD = """
saml_providers: {corp: {built_in: true}}
roles:
  deploy:
    path: /team/
    trust:
      Version: '2012-10-17'
      Statement:
        Effect: Allow
        Action: ['sts:AssumeRoleWithSAML', 'sts:TagSession', 'sts:SetSourceIdentity']
        Principal: {Federated: 'arn:aws:iam::111122223333:saml-provider/corp'}
"""
PROVIDER = "arn:aws:iam::111122223333:saml-provider/corp"
ROLE = "arn:aws:iam::111122223333:role/team/deploy"
USUAL: dict[str, Any] = {"provider": "corp", "roles": ["deploy"], "session_name": "joe"}


@dataclass
class Issuing:
    scene: Scene = field(default_factory=lambda: scene_of(WORLD))

    def send(self, document: object) -> tuple[int, Any]:
        return self.handle("POST", "/v1/saml-assertion", json.dumps(document).encode())

    def handle(self, method: str, path: str, body: bytes = b"", **query: str) -> tuple[int, Any]:
        api = AdminApi(_WithCore(fake_backend(world_of()), self.scene.core))
        reply = api.handle(method, path, query, body)
        return reply.status, json.loads(json.dumps(reply.document))


@pytest.fixture
def issuing() -> Issuing:
    return Issuing()


@pytest.mark.parametrize("signed", ["assertion", "response", "both"])
@pytest.mark.parametrize("provider", ["corp", PROVIDER])
def test_what_is_issued_is_accepted(issuing: Issuing, signed: str, provider: str) -> None:
    given = {
        "tags": {"team": "blue"},
        "transitive_tag_keys": ["team"],
        "source_identity": "joseph",
        "subject": "j <&> \"'\r\n",
        "duration_seconds": 900,
        "attributes": {"urn:oid:2.5.4.3": ["Joe", "J."]},
    }
    status, told = issuing.send({**USUAL, **given, "provider": provider, "signed": signed})
    assert (status, told["provider"]) == (200, PROVIDER)
    request = AssumeRoleWithSamlRequest(ROLE, PROVIDER, told["saml_response"])
    assumed = issuing.scene.core.sts.assume_role_with_saml(request)
    assert assumed.principal.arn == "arn:aws:sts::111122223333:assumed-role/deploy/joe"
    assert assumed.assertion.subject == "j <&> \"'"
    assert assumed.assertion.attributes["urn:oid:2.5.4.3"] == ("Joe", "J.")
    assert assumed.contents.transitive_tags == {"team": "blue"}
    assert assumed.source_identity == "joseph"
    credentials = assumed.credentials
    assert credentials.expires_at - credentials.issued_at == timedelta(minutes=15)


def test_metadata_is_what_a_file_may_hold(issuing: Issuing) -> None:
    status, told = issuing.handle("GET", "/v1/saml-metadata", provider="corp")
    read = read_metadata(told["metadata"].encode())
    assert (status, read.entity_id) == (200, "https://idp.imds-sim.invalid/saml/corp")
    again = issuing.handle("GET", "/v1/saml-metadata", provider="corp")
    assert again == (status, told)


@pytest.mark.parametrize(
    ("document", "status", "code"),
    [
        ({}, 404, "SamlProviderUnknown"),
        ({**USUAL, "provider": "crop"}, 404, "SamlProviderUnknown"),
        ({**USUAL, "roles": ["web"]}, 404, "RoleUnknown"),
        ({**USUAL, "roles": "deploy"}, 400, "InvalidBody"),
        ({**USUAL, "session_name": None}, 400, "InvalidBody"),
        ({**USUAL, "session_name": 1}, 400, "InvalidBody"),
        ({**USUAL, "signed": "nothing"}, 400, "InvalidBody"),
        ({**USUAL, "tags": {"a": 1}}, 400, "InvalidBody"),
        ({**USUAL, "tags": ["a"]}, 400, "InvalidBody"),
        ({**USUAL, "attributes": {"a": "b"}}, 400, "InvalidBody"),
        ({**USUAL, "lifetime_seconds": -1}, 400, "InvalidBody"),
        ({**USUAL, "lifetime_seconds": True}, 400, "InvalidBody"),
        ({**USUAL, "lifetime_seconds": 10**8 + 1}, 400, "InvalidBody"),
        ({**USUAL, "other": 1}, 400, "InvalidBody"),
        ({**USUAL, "subject": "\0"}, 400, "AssertionNotPossible"),
        ([], 400, "InvalidBody"),
    ],
)
def test_what_is_wrong_is_told(issuing: Issuing, document: object, status: int, code: str) -> None:
    got, told = issuing.send(document)
    assert (got, told["error"]["code"]) == (status, code)


def test_a_near_miss_is_suggested(issuing: Issuing) -> None:
    _, told = issuing.handle("GET", "/v1/saml-metadata", provider="crop")
    assert "did you mean corp?" in told["error"]["message"]
    status, told = issuing.handle("GET", "/v1/saml-metadata")
    assert (status, told["error"]["code"]) == (400, "InvalidQuery")


def test_a_body_has_a_limit(issuing: Issuing) -> None:
    status, _ = issuing.handle("POST", "/v1/saml-assertion", b" " * (MAX_BODY + 1))
    assert status == 413
