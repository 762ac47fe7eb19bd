from dataclasses import replace
from datetime import timedelta
from typing import NamedTuple

import pytest

from imds_sim.imds.errors import (
    EndpointDisabled,
    ExpectationNotMet,
    ForwardedRequest,
    ImdsError,
    MethodNotAllowed,
    NobodyAnswers,
    PutElsewhere,
    TokenNotAccepted,
    TtlMissing,
)
from imds_sim.imds.gate import (
    TOKEN_HEADER,
    TOKEN_TTL_HEADER,
    Admitted,
    MethodsRequest,
    TokenRequest,
    TreeRequest,
    admit,
)
from imds_sim.imds.tokens import MetadataTokens
from imds_sim.kernel.clock import ManualClock
from imds_sim.kernel.message import Headers, Request
from imds_sim.workloads.instance import Instance, MetadataOptions

ID = "/latest/meta-data/instance-id"
TOKEN = "/latest/api/token"
OLD = timedelta(seconds=61)


class Presented(NamedTuple):
    """The token header of a request, and what the gate makes of it in each mode."""

    metadata_token: str | None
    optional: type[ImdsError] | int
    required: type[ImdsError] | int
    forwarded: bool = False


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    "presented",
    [
        pytest.param(Presented(None, 1, TokenNotAccepted), id="absent"),
        pytest.param(Presented("own", 2, 2), id="valid"),
        pytest.param(Presented("expired", TokenNotAccepted, TokenNotAccepted), id="expired"),
        pytest.param(Presented("garbage", TokenNotAccepted, TokenNotAccepted), id="garbage"),
        pytest.param(Presented("foreign", TokenNotAccepted, TokenNotAccepted), id="foreign"),
        pytest.param(Presented("", 1, TokenNotAccepted), id="empty"),
        pytest.param(
            Presented("own", ForwardedRequest, ForwardedRequest, forwarded=True),
            id="valid, forwarded",
        ),
        pytest.param(
            Presented("garbage", ForwardedRequest, ForwardedRequest, forwarded=True),
            id="garbage, forwarded",
        ),
        pytest.param(Presented(None, 1, TokenNotAccepted, forwarded=True), id="absent, forwarded"),
        pytest.param(Presented("", 1, TokenNotAccepted, forwarded=True), id="empty, forwarded"),
    ],
)
def test_the_token_header_decides_with_the_mode(
    instance: Instance,
    open_instance: Instance,
    tokens: MetadataTokens,
    clock: ManualClock,
    presented: Presented,
    method: str,
) -> None:
    minute = timedelta(minutes=1)
    issued = {"expired": tokens.issue(instance.id, minute).reveal()}
    clock.advance(OLD)
    issued["own"] = tokens.issue(instance.id, minute).reveal()
    issued["foreign"] = tokens.issue("i-other", minute).reveal()
    headers = [("X-Forwarded-For", "")] if presented.forwarded else []
    if presented.metadata_token is not None:
        value = issued.get(presented.metadata_token, presented.metadata_token)
        headers.append(("X-aws-ec2-metadata-token", value))
    request = Request(method, ID, Headers(headers))
    for asked, expected in ((open_instance, presented.optional), (instance, presented.required)):
        if isinstance(expected, int):
            admitted = admit(request, asked, tokens)
            assert isinstance(admitted, TreeRequest)
            assert admitted.remaining == (minute if expected == 2 else None)
        else:
            with pytest.raises(expected):
                admit(request, asked, tokens)


def refusal(
    request: Request, instance: Instance | None, tokens: MetadataTokens
) -> type[ImdsError] | None:
    try:
        admit(request, instance, tokens)
    except ImdsError as error:
        return type(error)
    return None


def test_the_checks_are_made_in_the_order_of_the_recordings(
    instance: Instance, tokens: MetadataTokens
) -> None:
    disabled = replace(instance, options=MetadataOptions(http_endpoint_enabled=False))
    headers = {"expect": "100-continue", "x-forwarded-for": "1.2.3.4", TOKEN_HEADER: "garbage"}

    def put(target: str) -> Request:
        return Request("PUT", target, Headers(headers.items()))

    assert refusal(put("/"), None, tokens) is ExpectationNotMet
    del headers["expect"]
    assert refusal(put("/"), None, tokens) is NobodyAnswers
    assert refusal(put("/"), disabled, tokens) is EndpointDisabled
    assert refusal(put("/"), instance, tokens) is PutElsewhere
    assert refusal(put(TOKEN), instance, tokens) is ForwardedRequest
    del headers["x-forwarded-for"]
    assert refusal(put(TOKEN), instance, tokens) is TtlMissing
    headers[TOKEN_TTL_HEADER] = "1"
    assert refusal(put(TOKEN), instance, tokens) is None


@pytest.mark.parametrize(
    "target", ["/2021-03-23/api/token", "/latest/api/token/", "/latest/api", "/", "/%zz", "*"]
)
def test_put_anywhere_else_is_refused(
    instance: Instance, tokens: MetadataTokens, target: str
) -> None:
    request = Request("PUT", target, Headers([(TOKEN_TTL_HEADER, "60")]))
    assert refusal(request, instance, tokens) is PutElsewhere


@pytest.mark.parametrize(
    ("value", "seconds"), [("1", 1), ("21600", 21600), ("0060", 60), ("0", 0), ("21601", 21601)]
)
def test_a_lifetime_is_a_number_of_seconds(
    instance: Instance, tokens: MetadataTokens, value: str, seconds: int
) -> None:
    request = Request("PUT", "//latest/api/token", Headers([(TOKEN_TTL_HEADER, value)]))
    assert admit(request, instance, tokens) == TokenRequest(instance, seconds)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "-1",
        "+1",
        "1.0",
        "1e3",
        "sixty",
        "6 0",
        "1" * 10,
        "0" * 5000,
        "\N{FULLWIDTH DIGIT SIX}0",
        "0x10",
    ],
)
def test_a_lifetime_that_is_no_number_is_refused(
    instance: Instance, tokens: MetadataTokens, value: str
) -> None:
    request = Request("PUT", TOKEN, Headers([(TOKEN_TTL_HEADER, value)]))
    assert refusal(request, instance, tokens) is TtlMissing


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "DELETE", "PATCH", "get", "PRI", "put"])
def test_the_token_path_has_put_and_options_alone(
    instance: Instance, tokens: MetadataTokens, method: str
) -> None:
    with pytest.raises(MethodNotAllowed) as refused:
        admit(Request(method, TOKEN), instance, tokens)
    assert refused.value.allow == "OPTIONS, PUT"


@pytest.mark.parametrize("method", ["POST", "DELETE", "PATCH", "TRACE", "get", "Head", "M-SEARCH"])
@pytest.mark.parametrize("target", [ID, "/", "/no/such/path", "*"])
def test_the_tree_is_read_only_and_does_not_tell_which_paths_exist(
    instance: Instance, tokens: MetadataTokens, method: str, target: str
) -> None:
    with pytest.raises(MethodNotAllowed) as refused:
        admit(Request(method, target), instance, tokens)
    assert refused.value.allow == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize(("target", "allow"), [(TOKEN, "OPTIONS, PUT"), (ID, "GET, HEAD, OPTIONS")])
def test_options_tells_the_methods(
    instance: Instance, tokens: MetadataTokens, target: str, allow: str
) -> None:
    admitted: Admitted = admit(Request("OPTIONS", target), instance, tokens)
    assert admitted == MethodsRequest(allow)
