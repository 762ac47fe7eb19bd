import json
from dataclasses import replace

import jwt
import pytest

from imds_sim.admin.api import AdminApi
from imds_sim.iam.directory import Directory
from tests.admin_backend import FakeBackend
from tests.sts.federation.tokens import ISSUER, provider

ASK = {"issuer": "realm"}


@pytest.fixture
def issuing(backend: FakeBackend) -> AdminApi:
    """A daemon with a built-in issuer."""
    directory = Directory.of((), oidc_providers=[provider(key_set=None)])
    backend.core.world = replace(backend.core.world, directory=directory)
    return AdminApi(backend)


def order(api: AdminApi, document: object) -> tuple[int, dict[str, object]]:
    reply = api.handle("POST", "/v1/oidc-token", {}, json.dumps(document).encode())
    return reply.status, reply.document


def test_a_token_is_minted_as_ordered(issuing: AdminApi) -> None:
    claims = {"sub": "jane", "nbf": None, "\ud800": "\udfff"}
    status, told = order(
        issuing,
        {
            "issuer": ISSUER,
            "claims": claims,
            "audience": ["a", "b"],
            "lifetime_seconds": 60,
            "shape": "github",
        },
    )
    assert status == 200
    read = jwt.decode(str(told["token"]), options={"verify_signature": False})
    assert read == told["claims"]
    assert (read["aud"], read["sub"], told["issuer"]) == (["a", "b"], "jane", ISSUER)
    assert read["exp"] - read["iat"] == 60
    assert "nbf" not in read
    assert read["repository"] == "octo-org/octo-repo"


def test_what_is_left_out_has_defaults(issuing: AdminApi) -> None:
    _, told = order(issuing, ASK)
    claims = told["claims"]
    assert isinstance(claims, dict)
    assert claims["aud"] == "sts.amazonaws.com"
    assert claims["exp"] - claims["iat"] == 3600


@pytest.mark.parametrize(
    ("document", "status", "code"),
    [
        ({"issuer": "other"}, 404, "IssuerUnknown"),
        ({}, 400, "InvalidBody"),
        ({"issuer": 1}, 400, "InvalidBody"),
        ([], 400, "InvalidBody"),
        ({**ASK, "claims": []}, 400, "InvalidBody"),
        ({**ASK, "audience": ""}, 400, "InvalidBody"),
        ({**ASK, "audience": []}, 400, "InvalidBody"),
        ({**ASK, "audience": [1]}, 400, "InvalidBody"),
        ({**ASK, "lifetime_seconds": 0}, 400, "InvalidBody"),
        ({**ASK, "lifetime_seconds": 315360001}, 400, "InvalidBody"),
        ({**ASK, "lifetime_seconds": True}, 400, "InvalidBody"),
        ({**ASK, "lifetime_seconds": "1h"}, 400, "InvalidBody"),
        ({**ASK, "shape": "jenkins"}, 400, "InvalidBody"),
        ({**ASK, "shape": ["github"]}, 400, "InvalidBody"),
        ({**ASK, "colour": "red"}, 400, "InvalidBody"),
        ({**ASK, "claims": {"a": "x" * 40000}}, 413, "BodyTooLarge"),
    ],
)
def test_an_order_that_is_none_is_refused(
    issuing: AdminApi, document: object, status: int, code: str
) -> None:
    found, told = order(issuing, document)
    error = told["error"]
    assert isinstance(error, dict)
    assert (found, error["code"]) == (status, code)
