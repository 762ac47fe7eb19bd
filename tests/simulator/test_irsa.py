"""IAM roles for service accounts: the tokens of a pod at the STS."""

import json
from urllib.parse import urlencode

import pytest

from imds_sim.kernel.exchange import Surface
from imds_sim.kernel.message import Headers, Request, Response
from imds_sim.workloads.pod import IRSA_AUDIENCE, POD_AUDIENCE
from tests.simulator.scenes import FORM, Scene, over, scene_of
from tests.simulator.test_pods import POD, WORLD, pod_of, token_of

OF_IRSA = WORLD.replace("role: orders,", "role: orders, irsa: true,")


def assume(scene: Scene, token: str) -> Response:
    """Unsigned, as SDKs call with the file of AWS_WEB_IDENTITY_TOKEN_FILE."""
    parameters = {
        "Version": "2011-06-15",
        "Action": "AssumeRoleWithWebIdentity",
        "RoleArn": "arn:aws:iam::111122223333:role/orders",
        "RoleSessionName": "of-its-own",
        "WebIdentityToken": token,
    }
    headers = Headers([("Host", "127.0.0.1:1339"), ("Content-Type", FORM)])
    request = Request("POST", "/", headers, urlencode(parameters).encode())
    return scene.core.handle(over(Surface.STS), request)


def test_a_pod_assumes_its_role_with_its_token() -> None:
    scene = scene_of(OF_IRSA)
    answer = assume(scene, token_of(scene, audience=IRSA_AUDIENCE))
    assert answer.status == 200, answer.body
    assert b"arn:aws:sts::111122223333:assumed-role/orders/of-its-own" in answer.body
    place = pod_of(scene).cluster.issuer.removeprefix("https://")
    assert f"<Provider>arn:aws:iam::111122223333:oidc-provider/{place}<".encode() in answer.body


@pytest.mark.parametrize(
    ("world", "audience", "code"),
    [
        pytest.param(OF_IRSA, POD_AUDIENCE, b"InvalidIdentityToken", id="a token for EKS"),
        pytest.param(WORLD, IRSA_AUDIENCE, b"AccessDenied", id="a role that trusts EKS alone"),
        pytest.param(
            OF_IRSA.replace("roles: {orders: {}}", "roles: {orders: {}, r: {}}").replace(
                "pods:", "pods:\n  other: {role: r, irsa: true, cluster: blue-green-demo}"
            ).replace(POD, "api"),
            IRSA_AUDIENCE,
            b"AccessDenied",
            id="another service account",
        ),
    ],
)  # fmt: skip
def test_a_token_that_the_role_does_not_trust_is_refused(
    world: str, audience: str, code: bytes
) -> None:
    scene = scene_of(world)
    name = "other" if "other" in world else POD
    answer = assume(scene, token_of(scene, name, audience))
    assert b"<Code>" + code + b"</Code>" in answer.body


def test_the_cluster_publishes_its_keys_on_the_sts_listener() -> None:
    scene = scene_of(WORLD)
    cluster = pod_of(scene).cluster
    headers = Headers([("Host", "127.0.0.1:1339")])

    def get(path: str) -> dict[str, object]:
        answer = scene.core.handle(over(Surface.STS), Request("GET", path, headers))
        assert answer.status == 200
        document: dict[str, object] = json.loads(answer.body)
        return document

    base = "/oidc/eks-blue-green-demo"
    discovered = get(f"{base}/.well-known/openid-configuration")
    assert discovered["issuer"] == cluster.issuer
    assert discovered["jwks_uri"] == f"http://127.0.0.1:1339{base}/keys"
    assert get(f"{base}/keys") == scene.core.cluster_tokens.issuer(cluster).jwks()


def test_a_pod_with_irsa_has_pod_identity_beside_it() -> None:
    scene = scene_of(OF_IRSA)
    headers = Headers([("Host", "169.254.170.23"), ("Authorization", token_of(scene))])
    request = Request("GET", "/v1/credentials", headers)
    assert scene.core.handle(over(Surface.EKS), request).status == 200
