"""Pods with a core of their own: tokens that are really verified, sessions that are really made."""

import json
import re
from dataclasses import replace
from datetime import timedelta

import pytest

from imds_sim.kernel.exchange import Surface
from imds_sim.kernel.keys import ProcessKeys
from imds_sim.kernel.message import Headers, Request, Response
from imds_sim.simulator.cluster_tokens import TOKEN_LIFETIME
from imds_sim.workloads.pod import IRSA_AUDIENCE, POD_AUDIENCE, Pod
from tests.simulator.scenes import Scene, over, scene_of

POD = "api-7c9d8"
WORLD = f"""
account: "111122223333"
roles: {{orders: {{}}}}
pods:
  {POD}: {{role: orders, cluster: blue-green-demo, namespace: shop, service_account: orders}}
"""
SESSION = (
    r"arn:aws:sts::111122223333:assumed-role/orders/eks-blue-green-api-7c9d8-"
    r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}<"
)


def pod_of(scene: Scene, name: str = POD) -> Pod:
    found = scene.core.world.resolver.named(name)
    assert isinstance(found, Pod)
    return found


def token_of(scene: Scene, name: str = POD, audience: str = POD_AUDIENCE) -> str:
    return scene.core.cluster_tokens.mint(pod_of(scene, name), audience).reveal()


def ask(scene: Scene, token: str) -> Response:
    headers = Headers([("Host", "169.254.170.23"), ("Authorization", token)])
    return scene.core.handle(over(Surface.EKS), Request("GET", "/v1/credentials", headers))


def credentials(scene: Scene, name: str = POD) -> dict[str, str]:
    response = ask(scene, token_of(scene, name))
    assert response.status == 200, response.body
    document: dict[str, str] = json.loads(response.body)
    return document


def trust(statement: str) -> str:
    return WORLD.replace("orders: {}", f"orders: {{trust: {{Statement: {statement}}}}}", 1)


def test_a_pod_is_a_session_of_its_role_named_after_cluster_and_pod() -> None:
    scene = scene_of(WORLD)
    held = credentials(scene)
    identity = scene.identity(held).body.decode()
    assert re.search(SESSION, identity)
    assert held["AccountId"] == "111122223333"
    entry = next(iter(scene.core.journal))
    assert (entry.surface, entry.workload) == ("eks", POD)


def test_each_session_has_a_name_of_its_own() -> None:
    scene = scene_of(WORLD)
    before = scene.identity(credentials(scene)).body
    scene.core.rotate(POD)
    assert scene.identity(credentials(scene)).body != before


def test_a_token_counts_to_its_own_end_unless_it_was_to_end_with_the_next() -> None:
    scene = scene_of(WORLD + "  other: {role: orders, cluster: blue-green-demo}\n")
    first, second, others = token_of(scene), token_of(scene), token_of(scene, "other")
    assert [ask(scene, each).status for each in (first, second)] == [200, 200]
    last = scene.core.cluster_tokens.mint_last(pod_of(scene)).reveal()
    refused = ask(scene, second)
    assert (refused.status, refused.body) == (
        400,
        b"Service account token failed basic claim validations: token is expired\n",
    )
    assert [ask(scene, each).status for each in (first, last, others)] == [400, 200, 200]
    renewed = token_of(scene)
    assert [ask(scene, each).status for each in (last, renewed)] == [400, 200]


def test_credentials_live_six_hours_and_are_replaced_before() -> None:
    scene = scene_of(WORLD)
    held = credentials(scene)
    assert held["Expiration"] == (scene.clock.now() + timedelta(hours=6)).strftime(
        "%Y-%m-%dT%H:%M:%SZ"
    )
    scene.clock.advance(timedelta(hours=1))
    scene.core.tick()
    assert credentials(scene)["AccessKeyId"] != held["AccessKeyId"]
    assert scene.identity(held).status == 200


@pytest.mark.parametrize(
    ("age", "status"),
    [(TOKEN_LIFETIME - timedelta(seconds=1), 200), (TOKEN_LIFETIME, 400)],
)
def test_a_token_of_the_cluster_counts_for_a_day(age: timedelta, status: int) -> None:
    scene = scene_of(WORLD)
    token = token_of(scene)
    scene.clock.advance(age)
    assert ask(scene, token).status == status


def test_a_token_that_is_replaced_still_counts() -> None:
    scene = scene_of(WORLD)
    token = token_of(scene)
    assert token_of(scene) != token
    assert ask(scene, token).status == 200


def tampered(token: str) -> str:
    head, payload, signature = token.split(".")
    return ".".join((head, payload, ("B" if signature[0] == "A" else "A") + signature[1:]))


def foreign(scene: Scene) -> str:
    """Everything right but the key: from a simulator beside this one."""
    return token_of(scene_of(WORLD, keys=ProcessKeys()))


def for_the_sts(scene: Scene) -> str:
    return token_of(scene, audience=IRSA_AUDIENCE)


def unsigned(scene: Scene) -> str:
    payload = token_of(scene).split(".")[1]
    return f"eyJhbGciOiJub25lIn0.{payload}."


def by_another_cluster(scene: Scene) -> str:
    pod = pod_of(scene)
    cluster = replace(pod.cluster, issuer=f"{pod.cluster.issuer}0")
    return scene.core.cluster_tokens.mint(replace(pod, cluster=cluster), POD_AUDIENCE).reveal()


@pytest.mark.parametrize(
    "token",
    [lambda scene: tampered(token_of(scene)), foreign, for_the_sts, unsigned, by_another_cluster],
    ids=["signature", "foreign key", "audience", "unsigned", "issuer"],
)
def test_a_token_that_the_cluster_did_not_issue_for_eks_is_invalid(token: object) -> None:
    scene = scene_of(WORLD)
    response = ask(scene, token(scene))  # type: ignore[operator]
    assert response.status == 400
    assert b"]: (InvalidTokenException): " in response.body
    assert response.body.endswith(b", fault: client\n")


def test_a_pod_that_is_gone_after_a_reload_has_no_association() -> None:
    scene = scene_of(WORLD)
    token = token_of(scene)
    other = WORLD.replace(POD, "api-other")
    scene.core.swap(scene.world(other))
    response = ask(scene, token)
    assert response.status == 404
    assert b"]: (ResourceNotFoundException): " in response.body


DENIED = (
    b": (AccessDeniedException): Unauthorized Exception! EKS does not have permissions to assume "
    b"the associated role., fault: client\n"
)
BOTH = '["sts:AssumeRole", "sts:TagSession"]'
SERVICE = "Principal: {Service: pods.eks.amazonaws.com}"


@pytest.mark.parametrize(
    ("actions", "condition", "trusted"),
    [
        (BOTH, "", True),
        ("sts:AssumeRole", "", False),
        ("sts:TagSession", "", False),
        (BOTH, ", Condition: {StringEquals: {'aws:RequestTag/kubernetes-namespace': shop}}", True),
        (BOTH, ", Condition: {StringEquals: {'aws:RequestTag/kubernetes-namespace': x}}", False),
        (
            BOTH,
            ", Condition: {ArnEquals: {'aws:SourceArn': "
            "'arn:aws:eks:us-east-1:111122223333:cluster/blue-green-demo'}}",
            True,
        ),
        (BOTH, ", Condition: {StringEquals: {'aws:SourceAccount': '444455556666'}}", False),
    ],
)
def test_the_trust_policy_must_let_eks_assume_the_role_and_tag_its_session(
    actions: str, condition: str, trusted: bool
) -> None:
    scene = scene_of(trust(f"{{Effect: Allow, {SERVICE}, Action: {actions}{condition}}}"))
    response = ask(scene, token_of(scene))
    assert response.status == (200 if trusted else 400)
    assert trusted or response.body.endswith(DENIED)


def test_without_session_tags_the_trust_policy_need_not_allow_them() -> None:
    text = trust(f"{{Effect: Allow, {SERVICE}, Action: 'sts:AssumeRole'}}")
    scene = scene_of(text.replace("role: orders,", "role: orders, disable_session_tags: true,"))
    assert credentials(scene)


def test_the_tags_are_transitive() -> None:
    scene = scene_of(
        WORLD.replace(
            "roles: {",
            """roles:
  other:
    trust:
      Statement:
        Effect: Allow
        Principal: {AWS: "arn:aws:iam::111122223333:role/orders"}
        Action: ["sts:AssumeRole", "sts:TagSession"]
        Condition: {StringEquals: {"aws:PrincipalTag/kubernetes-pod-name": """
            + POD
            + """}}
  orders: {}
x: {""",
        ).replace("x: {orders: {}}\n", "")
    )
    answer = scene.sts(
        credentials(scene),
        Action="AssumeRole",
        RoleArn="arn:aws:iam::111122223333:role/other",
        RoleSessionName="chained",
    )
    assert answer.status == 200, answer.body
    signer = scene.core.sts.authenticate(
        str(_element(answer, "AccessKeyId")), str(_element(answer, "SessionToken"))
    ).signer
    assert signer.transitive_tags == pod_of(scene).tags


def _element(answer: Response, name: str) -> str:
    return answer.body.decode().partition(f"<{name}>")[2].partition("<")[0]


CHAINED = f"""
roles:
  orders:
    policies:
      go-on:
        Version: "2012-10-17"
        Statement: {{Effect: Allow, Action: {BOTH}, Resource: "*"}}
  reader: {{account: "444455556666"TRUST}}
pods:
  {POD}: {{role: orders, target_role: reader, external_id: shop/orders, cluster: blue-green-demo}}
"""


def test_a_pod_with_a_target_role_is_a_session_of_that_role_for_59_minutes() -> None:
    scene = scene_of(CHAINED.replace("TRUST", ""))
    held = credentials(scene)
    assert held["AccountId"] == "444455556666"
    assert held["Expiration"] == (scene.clock.now() + timedelta(minutes=59)).strftime(
        "%Y-%m-%dT%H:%M:%SZ"
    )
    identity = scene.identity(held).body
    assert b"arn:aws:sts::444455556666:assumed-role/reader/eks-blue-green-api-7c9d8-" in identity
    scene.clock.advance(timedelta(minutes=39))
    scene.core.tick()
    assert credentials(scene)["AccessKeyId"] != held["AccessKeyId"]


@pytest.mark.parametrize(("external_id", "trusted"), [("shop/orders", True), ("other", False)])
def test_the_target_role_is_assumed_with_the_external_id_of_the_association(
    external_id: str, trusted: bool
) -> None:
    statement = (
        "{Effect: Allow, Principal: {AWS: 'arn:aws:iam::111122223333:role/orders'}, "
        f"Action: {BOTH}, Condition: {{StringEquals: {{'sts:ExternalId': {external_id}}}}}}}"
    )
    scene = scene_of(CHAINED.replace("TRUST", f", trust: {{Statement: {statement}}}"))
    response = ask(scene, token_of(scene))
    assert response.status == (200 if trusted else 400)
    assert trusted or response.body.endswith(DENIED)


@pytest.mark.parametrize(
    ("change", "kept"),
    [
        (("xx", "yy"), True),
        (("namespace: shop", "namespace: other"), False),
        (("service_account: orders", "disable_session_tags: true"), False),
    ],
)
def test_credentials_are_minted_anew_when_what_is_put_into_sessions_changes(
    change: tuple[str, str], kept: bool
) -> None:
    scene = scene_of(WORLD)
    held = credentials(scene)
    scene.core.swap(scene.world(WORLD.replace(*change)))
    assert (credentials(scene)["AccessKeyId"] == held["AccessKeyId"]) is kept


def test_the_issuer_and_its_keys_have_the_form_of_eks() -> None:
    scene = scene_of(WORLD)
    cluster = pod_of(scene).cluster
    assert re.fullmatch(
        r"https://oidc\.eks\.us-east-1\.amazonaws\.com/id/[0-9A-F]{32}", cluster.issuer
    )
    keys = scene.core.cluster_tokens.issuer(cluster).jwks()["keys"]
    assert isinstance(keys, list)
    assert [(each["kty"], each["alg"], len(each["kid"])) for each in keys] == [("RSA", "RS256", 40)]


@pytest.mark.parametrize(
    ("fault", "status", "body"),
    [
        (
            "eks:token-expired",
            400,
            "Service account token failed basic claim validations: token is expired\n",
        ),
        ("eks:throttle", 429, "Too Many Requests\n"),
        (
            "eks:wrong-host",
            403,
            "Access Denied. Called agent through invalid address, please use either "
            "[169.254.170.23 fd00:ec2::23] address not localhost\n",
        ),
        ("eks:503", 503, "Service Unavailable\n"),
    ],
)
def test_faults_of_the_agent_have_its_words(fault: str, status: int, body: str) -> None:
    scene = scene_of(WORLD)
    scene.core.arm(f"{fault}*1", POD)
    response = ask(scene, token_of(scene))
    assert (response.status, response.body.decode()) == (status, body)
    assert response.headers[0] == ("Content-Type", "text/plain; charset=utf-8")
    assert ask(scene, token_of(scene)).status == 200


@pytest.mark.parametrize("world", [WORLD, CHAINED.replace("TRUST", "")], ids=["role", "target"])
def test_a_pod_can_be_given_credentials_that_end_soon(world: str) -> None:
    scene = scene_of(world)
    scene.core.arm("cred:life=30s", POD)
    held = credentials(scene)
    assert scene.identity(held).status == 200
    scene.clock.advance(timedelta(seconds=30))
    assert b"ExpiredToken" in scene.identity(held).body
