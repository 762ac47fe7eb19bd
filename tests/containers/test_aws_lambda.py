from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from imds_sim.containers.aws_lambda import LambdaHandler
from imds_sim.kernel.message import Headers, Request, Response
from imds_sim.workloads.function import Function
from tests.containers.client import CONNECTION, REFUSED, HeldSets

PATH = "/2021-04-23/credentials"
HOST = ("Host", "127.0.0.1:9001")
NOT_GIVEN = b"cannot get credentials for the provided token\n"


def get(handler: LambdaHandler, function: Function | None, authorization: str) -> Response:
    headers = Headers([HOST, ("Authorization", authorization)])
    return handler.handle(Request("GET", PATH, headers), function, CONNECTION)


def test_a_function_gets_its_credentials(aws_lambda: LambdaHandler, function: Function) -> None:
    response = get(aws_lambda, function, "open-sesame")
    assert response.body == (
        b'{"AccessKeyId":"ASIAQQQQQQQQQQQQQQQQ","SecretAccessKey":"wJalr/XUtn+FEMI",'
        b'"Token":"IQoJ//b3JpZ2lu==","Expiration":"2026-01-02T09:00:00Z"}'
    )
    assert response.notes.access_key_id == "ASIAQQQQQQQQQQQQQQQQ"


@pytest.mark.parametrize("authorization", ["", "other", "Bearer open-sesame", "open-sesame "])
def test_a_wrong_token_is_404(
    aws_lambda: LambdaHandler, function: Function, authorization: str
) -> None:
    for asked in (function, None):
        response = get(aws_lambda, asked, authorization)
        assert (response.status, response.body) == (404, NOT_GIVEN)
        assert response.notes.detail == "no function has this authorization token"


def test_a_function_without_snap_start_has_no_credentials_here(
    aws_lambda: LambdaHandler, function: Function
) -> None:
    response = get(aws_lambda, replace(function, snap_start=False), "open-sesame")
    assert (response.status, response.body) == (404, NOT_GIVEN)


def test_a_refused_role_looks_like_a_token_without_credentials(
    aws_lambda: LambdaHandler, provider: HeldSets, function: Function
) -> None:
    provider.sets[function.name] = REFUSED
    response = get(aws_lambda, function, "open-sesame")
    assert (response.status, response.body) == (404, NOT_GIVEN)
    assert response.notes.detail == "the trust policy"
    del provider.sets[function.name]
    assert get(aws_lambda, function, "open-sesame").status == 404


def test_a_failure_of_ours_is_a_plain_500(aws_lambda: LambdaHandler) -> None:
    response = aws_lambda.failed()
    assert (response.status, response.close) == (500, True)
    assert response.body == b"Internal Server Error\n"


LATIN = st.text(st.characters(max_codepoint=255), max_size=40)


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    method=st.sampled_from(["GET", "HEAD", "POST"]) | LATIN,
    target=LATIN | LATIN.map(lambda text: PATH + text) | st.just(PATH),
    fields=st.lists(
        st.tuples(st.sampled_from(["Authorization", "Connection", "Expect", "Host"]), LATIN),
        max_size=4,
    ),
)
def test_no_request_makes_the_runtime_api_fail(
    aws_lambda: LambdaHandler,
    function: Function,
    method: str,
    target: str,
    fields: list[tuple[str, str]],
) -> None:
    request = Request(method, target, Headers([HOST, *fields]))
    response = aws_lambda.handle(request, function, CONNECTION)
    assert response.status < 500
    assert response.head().count(b"\r\n") == len(response.headers) + 2
