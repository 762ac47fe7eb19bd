"""Whole answers, byte for byte, as the Nitro back end gives them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from imds_sim.credentials.provider import Delivery, Refused
from imds_sim.imds.handler import ImdsHandler
from imds_sim.imds.nitro import NOT_FOUND_PAGE
from imds_sim.imds.tokens import MetadataTokens
from imds_sim.kernel.clock import ManualClock
from imds_sim.kernel.message import Defect, Headers, Request, Response, Unreadable
from imds_sim.workloads.instance import Instance, MetadataOptions
from tests.imds.client import CONNECTION, DELIVERED, Client, HeldSets, credential_set

ROLES = "/latest/meta-data/iam/security-credentials"


def written(response: Response) -> str:
    """The bytes on the wire as text, with LF for CRLF."""
    return (response.head() + response.body).decode().replace("\r\n", "\n")


def test_an_item_is_answered_as_recorded(client: Client) -> None:
    response = client.get("/latest/meta-data/placement/region")
    assert response.close
    assert (
        written(response)
        == """HTTP/1.1 200 OK
X-Aws-Ec2-Metadata-Token-Ttl-Seconds: 21600
Content-Type: text/plain
Accept-Ranges: none
Last-Modified: Mon, 02 Oct 2023 14:05:18 GMT
Content-Length: 9
Date: Mon, 02 Oct 2023 14:32:45 GMT
Server: EC2ws
Connection: close

us-east-1"""
    )


def test_without_a_token_nothing_is_said_of_tokens(open_client: Client) -> None:
    response = open_client.send("GET", "/latest/meta-data/instance-id")
    assert (
        written(response)
        == """HTTP/1.1 200 OK
Content-Type: text/plain
Accept-Ranges: none
Last-Modified: Mon, 02 Oct 2023 14:05:18 GMT
Content-Length: 7
Date: Mon, 02 Oct 2023 14:32:45 GMT
Server: EC2ws
Connection: close

i-web-1"""
    )
    assert response.notes.imds_version == 1


def test_a_kept_connection_leaves_the_field_out(client: Client) -> None:
    response = client.get("/latest/meta-data/instance-id", connection="Keep-Alive")
    assert not response.close
    assert (
        written(response)
        == """HTTP/1.1 200 OK
X-Aws-Ec2-Metadata-Token-Ttl-Seconds: 21600
Content-Type: text/plain
Accept-Ranges: none
Last-Modified: Mon, 02 Oct 2023 14:05:18 GMT
Content-Length: 7
Date: Mon, 02 Oct 2023 14:32:45 GMT
Server: EC2ws

i-web-1"""
    )


def test_a_token_is_issued_as_recorded(client: Client, tokens: MetadataTokens) -> None:
    response = client.send("PUT", "/latest/api/token", x_aws_ec2_metadata_token_ttl_seconds="21600")
    metadata_token = response.body.decode()
    assert tokens.check(metadata_token, client.instance.id) == timedelta(hours=6)
    assert (
        written(response)
        == f"""HTTP/1.1 200 OK
X-Aws-Ec2-Metadata-Token-Ttl-Seconds: 21600
Content-Length: 56
Date: Mon, 02 Oct 2023 14:32:45 GMT
Server: EC2ws
Connection: close
Content-Type: text/plain

{metadata_token}"""
    )
    assert response.notes.imds_version == 2
    assert response.close


@pytest.mark.parametrize(
    ("seconds", "status"), [("0", 400), ("1", 200), ("21600", 200), ("21601", 400), (None, 400)]
)
def test_a_token_lasts_one_to_21600_seconds(
    client: Client, seconds: str | None, status: int
) -> None:
    headers = {} if seconds is None else {"x_aws_ec2_metadata_token_ttl_seconds": seconds}
    response = client.send("PUT", "/latest/api/token", **headers)
    assert response.status == status
    if status == 400:
        assert (
            written(response)
            == """HTTP/1.1 400 Bad Request
Content-Length: 0
Date: Mon, 02 Oct 2023 14:32:45 GMT
Server: EC2ws
Connection: close
Content-Type: text/plain

"""
        )
        assert response.notes.imds_version == 2


def test_no_token_is_401_with_nothing_in_it(client: Client) -> None:
    response = client.send("GET", "/no/such/path")
    assert (
        written(response)
        == """HTTP/1.1 401 Unauthorized
Content-Length: 0
Date: Mon, 02 Oct 2023 14:32:45 GMT
Server: EC2ws
Connection: close
Content-Type: text/plain

"""
    )
    assert response.notes.imds_version == 1
    assert response.notes.detail == "no metadata token, and HttpTokens is required"


def test_a_wrong_token_is_401_in_every_mode(client: Client, open_client: Client) -> None:
    for each in (client, open_client):
        response = each.send("GET", "/latest/", x_aws_ec2_metadata_token="garbage")
        assert (response.status, response.body) == (401, b"")
        assert response.notes.imds_version == 2


def test_a_disabled_endpoint_is_403_in_the_order_of_a_kept_connection(
    client_of: Callable[[Instance], Client], instance: Instance
) -> None:
    options = MetadataOptions(http_endpoint_enabled=False)
    response = client_of(replace(instance, options=options)).send(
        "PUT", "/latest/api/token", connection="keep-alive"
    )
    assert not response.close
    assert (
        written(response)
        == """HTTP/1.1 403 Forbidden
Content-Length: 0
Content-Type: text/plain
Date: Mon, 02 Oct 2023 14:32:45 GMT
Server: EC2ws

"""
    )


def test_a_wrong_method_is_not_allowed_in_the_service_s_own_words(client: Client) -> None:
    response = client.send("GET", "/latest/api/token")
    assert (
        written(response)
        == """HTTP/1.1 405 Not Allowed
Allow: OPTIONS, PUT
Content-Length: 0
Date: Mon, 02 Oct 2023 14:32:45 GMT
Server: EC2ws
Connection: close
Content-Type: text/plain

"""
    )


def test_options_tells_the_methods_of_a_path(client: Client) -> None:
    response = client.send("OPTIONS", "/latest/meta-data/")
    assert (response.status, response.reason, response.body) == (200, "OK", b"")
    assert response.headers[0] == ("Allow", "GET, HEAD, OPTIONS")


def test_an_expectation_fails_and_closes(client: Client) -> None:
    response = client.send(
        "PUT", "/latest/api/token", expect="100-continue", connection="keep-alive"
    )
    assert (response.status, response.reason) == (417, "Expectation Failed")
    assert response.close
    assert ("Connection", "close") in response.headers


def test_a_missing_item_is_the_page_and_tells_what_the_token_has_left(
    client: Client, clock: ManualClock, tokens: MetadataTokens
) -> None:
    metadata_token = tokens.issue(client.instance.id, timedelta(hours=6)).reveal()
    clock.advance(timedelta(seconds=81, milliseconds=1))
    response = client.send(
        "GET", "/latest/meta-data/nothing", x_aws_ec2_metadata_token=metadata_token
    )
    assert (
        written(response)
        == f"""HTTP/1.1 404 Not Found
X-Aws-Ec2-Metadata-Token-Ttl-Seconds: 21519
Content-Type: text/html
Content-Length: 339
Date: Mon, 02 Oct 2023 14:34:06 GMT
Server: EC2ws
Connection: close

{NOT_FOUND_PAGE.decode()}"""
    )


def test_a_missing_item_says_nothing_of_tokens_to_imdsv1(open_client: Client) -> None:
    response = open_client.send("GET", "/latest/meta-data/nothing")
    assert response.status == 404
    assert response.headers[0] == ("Content-Type", "text/html")


def test_a_token_that_still_counts_never_has_zero_seconds(
    client: Client, clock: ManualClock, tokens: MetadataTokens
) -> None:
    metadata_token = tokens.issue(client.instance.id, timedelta(seconds=1)).reveal()
    clock.advance(timedelta(milliseconds=999))
    response = client.send("GET", "/", x_aws_ec2_metadata_token=metadata_token)
    assert response.headers[0] == ("X-Aws-Ec2-Metadata-Token-Ttl-Seconds", "1")


def test_a_client_without_instance_is_refused(handler: ImdsHandler) -> None:
    response = handler.handle(Request("GET", "/"), None, CONNECTION)
    assert (response.status, response.body) == (403, b"")
    assert response.notes.detail == "no instance answers this client"


def test_head_is_get_without_body(client: Client) -> None:
    get, head = (client.get("/latest/user-data", method=each) for each in ("GET", "HEAD"))
    assert (get.status, get.headers) == (head.status, head.headers)
    get, head = (client.get("/latest/", method=each) for each in ("GET", "HEAD"))
    assert (get.status, get.headers) == (head.status, head.headers)


def test_one_time_dates_the_whole_tree(client: Client, provider: HeldSets) -> None:
    targets = ["/", f"{ROLES}/", f"{ROLES}/web", "/latest/dynamic/instance-identity/document"]

    def dates() -> set[str]:
        return {dict(client.get(target).headers)["Last-Modified"] for target in targets}

    assert dates() == {"Mon, 02 Oct 2023 14:05:18 GMT"}
    later = credential_set("ASIA", DELIVERED + timedelta(hours=1))
    provider.sets["web-1", Delivery.IMDS_V2] = later
    assert dates() == {"Mon, 02 Oct 2023 15:05:18 GMT"}


def test_each_version_gets_its_own_credentials(open_client: Client) -> None:
    for response, key_id, version in (
        (open_client.send("GET", f"{ROLES}/web"), "ASIAV1V1V1V1V1V1V1V1", 1),
        (open_client.get(f"{ROLES}/web"), "ASIAV2V2V2V2V2V2V2V2", 2),
    ):
        assert key_id.encode() in response.body
        assert response.notes.access_key_id == key_id
        assert response.notes.imds_version == version


def test_credentials_stay_the_same_until_the_provider_has_others(
    client: Client, provider: HeldSets
) -> None:
    first, second = (client.get(f"{ROLES}/web").body for _ in range(2))
    assert first == second
    provider.sets["web-1", Delivery.IMDS_V2] = credential_set("ASIANEW")
    assert b"ASIANEW" in client.get(f"{ROLES}/web").body


def test_a_refused_role_is_journalled_with_the_reason(client: Client, provider: HeldSets) -> None:
    refused = Refused("web", "AssumeRoleUnauthorizedAccess", "the trust policy", DELIVERED)
    provider.sets["web-1", Delivery.IMDS_V2] = refused
    response = client.get(f"{ROLES}/web")
    assert response.status == 200
    assert b"AssumeRoleUnauthorizedAccess" in response.body
    assert b"trust policy" not in response.body
    assert response.notes.detail == "the trust policy"
    assert client.lines(f"{ROLES}/") == ["web"]


@pytest.mark.parametrize(
    ("defect", "line"),
    [
        (Defect.MALFORMED, "HTTP/1.1 400 Bad Request"),
        (Defect.HEAD_TOO_LARGE, "HTTP/1.1 431 Request Header Fields Too Large"),
        (Defect.BODY_TOO_LARGE, "HTTP/1.1 413 Request Entity Too Large"),
        (Defect.VERSION, "HTTP/1.1 505 HTTP Version Not Supported"),
        (Defect.TIMEOUT, "HTTP/1.1 408 Request Timeout"),
    ],
)
def test_bytes_that_are_no_request_are_refused_without_a_word(
    handler: ImdsHandler, defect: Defect, line: str
) -> None:
    response = handler.refuse(Unreadable(b"garbage", defect))
    assert response.close
    assert (
        written(response)
        == f"""{line}
Content-Length: 0
Date: Mon, 02 Oct 2023 14:32:45 GMT
Server: EC2ws
Connection: close
Content-Type: text/plain

"""
    )
    assert response.notes.detail == defect.value


def test_a_failure_of_ours_is_an_empty_500(handler: ImdsHandler) -> None:
    response = handler.failed()
    assert (response.status, response.body, response.close) == (500, b"", True)
    assert ("Server", "EC2ws") in response.headers


LATIN = st.text(st.characters(max_codepoint=255), max_size=40)
PIECES = st.sampled_from(
    [
        "/",
        "latest",
        "meta-data",
        "api/token",
        "iam",
        "security-credentials",
        "web",
        "..",
        "%",
        "%2",
        "%2e",
        "?",
        "2021-03-23",
        "http://a",
        "dynamic",
        "user-data",
        "public-keys",
        "0",
        "network",
    ]
)
TARGETS = LATIN | st.lists(PIECES, max_size=9).map("/".join)
NAMES = st.sampled_from(
    [
        "X-aws-ec2-metadata-token",
        "X-aws-ec2-metadata-token-ttl-seconds",
        "Connection",
        "Host",
        "Expect",
        "X-Forwarded-For",
    ]
)
METHODS = st.sampled_from(["GET", "HEAD", "PUT", "OPTIONS", "POST"]) | LATIN


@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    method=METHODS,
    target=TARGETS,
    fields=st.lists(st.tuples(NAMES, LATIN | st.sampled_from(["keep-alive", "60"])), max_size=4),
    with_token=st.booleans(),
)
def test_no_request_makes_the_service_fail(
    client: Client,
    open_client: Client,
    method: str,
    target: str,
    fields: list[tuple[str, str]],
    with_token: bool,
) -> None:
    for each in (client, open_client):
        if with_token:
            metadata_token = each.tokens.issue(each.instance.id, timedelta(hours=1)).reveal()
            fields = [("x-aws-ec2-metadata-token", metadata_token), *fields]
        request = Request(method, target, Headers(fields))
        response = each.handler.handle(request, each.instance, CONNECTION)
        assert response.status < 500
        assert ("Content-Length", str(len(response.body))) in response.headers
        response.head()
