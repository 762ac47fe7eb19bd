import json
import re
from base64 import urlsafe_b64encode
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from imds_sim.containers.eks import EksHandler
from imds_sim.containers.service_account_token import read
from imds_sim.kernel.clock import ManualClock
from imds_sim.kernel.entropy import SeededEntropy
from imds_sim.kernel.message import Headers, Request, Response
from imds_sim.workloads.pod import Pod
from tests.containers.client import CONNECTION, REFUSED, BelievedTokens, HeldSets

AGENT = "169.254.170.23"
OF_POD = {"pod": {"name": "api-7c9d8", "uid": "376f3cff-44fe-4a00-b9d4-970555f311d3"}}
REQUEST_ID = r"\[[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\]"


def segment(value: object) -> str:
    return urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def token(**claims: object) -> str:
    return f"{segment({'alg': 'RS256'})}.{segment({'kubernetes.io': OF_POD, **claims})}.c2ln"


def get(
    handler: EksHandler, pod: Pod | None, presented: str, host: str = AGENT, local: str = AGENT
) -> Response:
    headers = Headers([("Host", host), ("Authorization", presented)])
    connection = replace(CONNECTION, local=local)
    return handler.handle(Request("GET", "/v1/credentials", headers), pod, connection)


def test_a_pod_gets_its_credentials(eks: EksHandler, pod: Pod) -> None:
    response = get(eks, pod, token())
    assert response.body == (
        b'{"AccessKeyId":"ASIAQQQQQQQQQQQQQQQQ","SecretAccessKey":"wJalr/XUtn+FEMI",'
        b'"Token":"IQoJ//b3JpZ2lu==","AccountId":"111122223333",'
        b'"Expiration":"2026-01-02T09:00:00Z"}'
    )
    assert response.notes.access_key_id == "ASIAQQQQQQQQQQQQQQQQ"


@pytest.mark.parametrize(
    ("host", "local", "served"),
    [
        ("169.254.170.23", "127.0.0.1", True),
        ("[fd00:ec2::23]:80", "127.0.0.1", True),
        ("127.0.0.1:1341", "127.0.0.1", True),
        ("[::1]:1341", "::1", True),
        ("127.0.0.1:1341", "127.0.0.2", False),
        ("localhost:1341", "127.0.0.1", False),
        ("evil.example", "127.0.0.1", False),
        ("", "", False),
    ],
)
def test_a_client_must_mean_the_agents_address_or_the_one_it_reached(
    eks: EksHandler, pod: Pod, host: str, local: str, served: bool
) -> None:
    response = get(eks, pod, token(), host, local)
    assert response.status == (200 if served else 403)
    assert served or response.body.startswith(b"Access Denied. Called agent through invalid")


@pytest.mark.parametrize(
    ("claims", "told"),
    [
        ({"exp": 1}, None),
        ({"exp": 0}, "token is expired"),
        ({"nbf": 0}, None),
        ({"nbf": 1}, "token is not valid yet"),
        ({"exp": -1, "nbf": 1}, "token is expired, token is not valid yet"),
    ],
)
def test_a_token_counts_from_its_first_second_to_before_its_last(
    provider: HeldSets, pod: Pod, claims: dict[str, int], told: str | None
) -> None:
    clock = ManualClock()
    now = int(clock.now().timestamp())
    clock.advance(timedelta(seconds=now - clock.now().timestamp()))
    handler = EksHandler(provider, BelievedTokens(pod.cluster), clock, SeededEntropy(1))
    response = get(handler, pod, token(**{name: now + by for name, by in claims.items()}))
    assert response.status == (200 if told is None else 400)
    assert told is None or response.body == (
        f"Service account token failed basic claim validations: {told}\n".encode()
    )


def test_what_eks_auth_refuses_is_told_with_its_status_and_a_request_id(
    eks: EksHandler, provider: HeldSets, pod: Pod
) -> None:
    denied = (
        "(AccessDeniedException): Unauthorized Exception! EKS does not have permissions to "
        "assume the associated role., fault: client"
    )
    invalid = "(InvalidTokenException): The token included in the request is invalid., fault: "
    missing = (
        "(ResourceNotFoundException): No pod identity association was found for the service "
        "account., fault: client"
    )
    refused_to: list[tuple[Response, int, str]] = [
        (get(eks, pod, token(iss="https://elsewhere")), 400, f"{invalid}client"),
        (get(eks, None, token()), 404, missing),
    ]
    provider.sets[pod.name] = REFUSED
    refused_to.append((get(eks, pod, token()), 400, denied))
    del provider.sets[pod.name]
    refused_to.append((get(eks, pod, token()), 400, denied))
    request_ids = set()
    for response, status, text in refused_to:
        assert response.status == status
        assert response.headers[0] == ("Content-Type", "text/plain; charset=utf-8")
        request_id, _, told = response.body.decode().partition(": ")
        assert re.fullmatch(REQUEST_ID, request_id)
        request_ids.add(request_id)
        assert told == f"{text}\n"
    assert len(request_ids) == 4


def test_a_pod_of_another_cluster_has_no_association_here(eks: EksHandler, pod: Pod) -> None:
    moved = replace(pod, cluster=replace(pod.cluster, name="green"))
    assert get(eks, moved, token()).status == 404


def test_a_failure_of_ours_is_a_plain_500(eks: EksHandler) -> None:
    response = eks.failed()
    assert (response.status, response.close) == (500, True)
    assert response.body == b"Internal Server Error\n"


LATIN = st.text(st.characters(max_codepoint=255), max_size=40)
ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["alg", "exp", "nbf", "iat", "iss", "sub", "aud", "pod", "uid"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)
SEGMENTS = LATIN | ANY.map(segment)


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    method=st.sampled_from(["GET", "HEAD", "POST"]) | LATIN,
    target=LATIN | LATIN.map(lambda text: "/v1/credentials" + text) | st.just("/v1/credentials"),
    host=LATIN | st.just(AGENT),
    presented=LATIN | st.lists(SEGMENTS, min_size=2, max_size=4).map(".".join),
)
def test_no_request_makes_the_agent_fail(
    eks: EksHandler, pod: Pod, method: str, target: str, host: str, presented: str
) -> None:
    headers = Headers([("Host", host), ("Authorization", presented)])
    response = eks.handle(Request(method, target, headers), pod, CONNECTION)
    assert response.status < 500
    assert response.head().count(b"\r\n") == len(response.headers) + 2


@pytest.mark.parametrize("document", ["[" * 9_999 + "]" * 9_999, '{"a":' * 500 + "1" + "}" * 500])
def test_documents_that_are_nested_deeply_are_read(document: str) -> None:
    claims = f'{{"x": {document}}}'
    header = segment({"alg": "RS256"})
    said = read(f"{header}.{urlsafe_b64encode(claims.encode()).decode().rstrip('=')}.x")
    assert said.audiences == [None]
