import re
from base64 import b64decode
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imds_sim.kernel.exchange import Connection, Surface
from imds_sim.kernel.message import Defect, Headers, Request, Response, Unreadable
from tests.sts.scene import (
    ACCOUNT,
    ALICE,
    CONNECTION,
    DEPLOY,
    FORM,
    HOUR,
    INSTANCE,
    WEB,
    Sts,
    answer,
    code_of,
    form,
    message_of,
    post,
    signed,
    trusting,
)

WHO = form("GetCallerIdentity")
DATE = "Fri, 02 Jan 2026 03:04:05 GMT"
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
EXTENDED = re.compile(r"1:eu-west-1:S:1767323045000:R:[A-Za-z0-9]{8}")
INVALID = "The security token included in the request is invalid."


def head(response: Response) -> str:
    """The head with its ids, which must be well-formed, replaced by `ID` and `EXTENDED`."""
    text = response.head().decode()
    for name, value in response.headers:
        if name == "x-amzn-RequestId":
            assert UUID.fullmatch(value)
            text = text.replace(value, "ID")
        if name == "x-amz-sts-extended-request-id":
            assert EXTENDED.fullmatch(b64decode(value).decode())
            text = text.replace(value, "EXTENDED")
    return text


def body(response: Response) -> str:
    """The body, whose request id must be that of the head, with it replaced by `ID`."""
    [request_id] = [value for name, value in response.headers if name == "x-amzn-RequestId"]
    assert request_id.encode() in response.body
    assert dict(response.headers)["Content-Length"] == str(len(response.body))
    return response.body.decode().replace(request_id, "ID")


def test_get_caller_identity_to_the_byte(sts: Sts) -> None:
    response = answer(sts, signed(sts, post(WHO), sts.on_instance()))
    assert head(response) == (
        "HTTP/1.1 200 OK\r\n"
        "x-amzn-RequestId: ID\r\n"
        "x-amz-sts-extended-request-id: EXTENDED\r\n"
        "Content-Type: text/xml\r\n"
        "Content-Length: 448\r\n"
        f"Date: {DATE}\r\n"
        "\r\n"
    )
    assert body(response) == (
        '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">\n'
        "  <GetCallerIdentityResult>\n"
        f"    <Arn>arn:aws:sts::{ACCOUNT}:assumed-role/web/{INSTANCE}</Arn>\n"
        f"    <UserId>{WEB.unique_id}:{INSTANCE}</UserId>\n"
        f"    <Account>{ACCOUNT}</Account>\n"
        "  </GetCallerIdentityResult>\n"
        "  <ResponseMetadata>\n"
        "    <RequestId>ID</RequestId>\n"
        "  </ResponseMetadata>\n"
        "</GetCallerIdentityResponse>\n"
    )
    assert not response.close


def test_assume_role_to_the_byte(sts: Sts) -> None:
    asked = form("AssumeRole", RoleArn=DEPLOY.arn, RoleSessionName="ci-1", DurationSeconds="900")
    caller = sts.on_instance()
    response = answer(sts, signed(sts, post(asked), caller))
    assert head(response).startswith("HTTP/1.1 200 OK\r\n")
    document = body(response)
    [key_id] = re.findall("<AccessKeyId>(ASIA[A-Z2-7]{16})</AccessKeyId>", document)
    [secret] = re.findall("<SecretAccessKey>([A-Za-z0-9+/]{40})</SecretAccessKey>", document)
    [token] = re.findall("<SessionToken>(IQoJb3JpZ2luX2Vj[A-Za-z0-9+/]+={0,2})<", document)
    assert document == (
        '<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">\n'
        "  <AssumeRoleResult>\n"
        "    <AssumedRoleUser>\n"
        f"      <AssumedRoleId>{DEPLOY.unique_id}:ci-1</AssumedRoleId>\n"
        f"      <Arn>arn:aws:sts::{ACCOUNT}:assumed-role/deploy/ci-1</Arn>\n"
        "    </AssumedRoleUser>\n"
        "    <Credentials>\n"
        f"      <AccessKeyId>{key_id}</AccessKeyId>\n"
        f"      <SecretAccessKey>{secret}</SecretAccessKey>\n"
        f"      <SessionToken>{token}</SessionToken>\n"
        "      <Expiration>2026-01-02T03:19:05Z</Expiration>\n"
        "    </Credentials>\n"
        "  </AssumeRoleResult>\n"
        "  <ResponseMetadata>\n"
        "    <RequestId>ID</RequestId>\n"
        "  </ResponseMetadata>\n"
        "</AssumeRoleResponse>\n"
    )
    assert sts.service.authenticate(key_id, token).secret_access_key.reveal() == secret
    assert response.notes.access_key_id == caller.credentials.access_key_id
    assert secret not in repr(response.notes)
    assert token not in repr(response.notes)
    assert key_id in (response.notes.detail or "")


def test_an_error_to_the_byte(sts: Sts) -> None:
    asked = form("AssumeRole", RoleArn=WEB.arn, RoleSessionName="s1")
    response = answer(sts, signed(sts, post(asked)))
    assert head(response) == (
        "HTTP/1.1 403 Forbidden\r\n"
        "x-amzn-RequestId: ID\r\n"
        "x-amz-sts-extended-request-id: EXTENDED\r\n"
        "Content-Type: text/xml\r\n"
        "Content-Length: 379\r\n"
        f"Date: {DATE}\r\n"
        "\r\n"
    )
    assert body(response) == (
        '<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">\n'
        "  <Error>\n"
        "    <Type>Sender</Type>\n"
        "    <Code>AccessDenied</Code>\n"
        f"    <Message>User: {ALICE.arn} is not authorized to perform: sts:AssumeRole on resource: "
        f"{WEB.arn}</Message>\n"
        "  </Error>\n"
        "  <RequestId>ID</RequestId>\n"
        "</ErrorResponse>\n"
    )
    assert response.notes.access_key_id == ALICE.access_keys[0].id
    assert "names other principals" in (response.notes.detail or "")


def test_a_get_is_as_good_as_a_post(sts: Sts) -> None:
    target = f"/?{WHO.decode()}&Unknown=%20+x"
    request = Request("GET", target, Headers([("Host", "sts.local")]))
    assert answer(sts, signed(sts, request)).status == 200
    absolute = Request("GET", f"http://sts.local{target}", Headers([("Host", "sts.local")]))
    assert answer(sts, signed(sts, absolute)).status == 200


def test_the_action_of_a_post_may_stand_in_its_query(sts: Sts) -> None:
    request = post(b"Version=2011-06-15")
    request = Request("POST", "/?Action=GetCallerIdentity", request.headers, request.body)
    assert answer(sts, signed(sts, request)).status == 200


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (form("AssumeRoleWithLDAP"), "AssumeRoleWithLDAP for version 2011-06-15"),
        (form("GetServiceBearerToken"), "GetServiceBearerToken for version 2011-06-15"),
        (form("getcalleridentity"), "getcalleridentity for version 2011-06-15"),
        (b"Action=&Version=2011-06-15", " for version 2011-06-15"),
        (b"Action=GetCallerIdentity", "GetCallerIdentity for version NO_VERSION_SPECIFIED"),
        (b"Action=GetCallerIdentity&Version", "GetCallerIdentity for version "),
        (
            b"Action=GetCallerIdentity&Version=2010-05-08",
            "GetCallerIdentity for version 2010-05-08",
        ),
    ],
)
def test_an_unknown_operation_is_an_invalid_action_before_any_authentication(
    sts: Sts, asked: bytes, message: str
) -> None:
    response = answer(sts, post(asked))
    assert (response.status, code_of(response)) == (400, "InvalidAction")
    assert message_of(response) == f"Could not find operation {message}"
    assert b'xmlns="http://webservices.amazon.com/AWSFault/2005-15-09"' in response.body


REDIRECT = (
    "HTTP/1.1 302 Found\r\n"
    "x-amzn-RequestId: ID\r\n"
    "x-amz-sts-extended-request-id: EXTENDED\r\n"
    "Location: https://aws.amazon.com/iam{}\r\n"
    "Content-Length: 0\r\n"
    f"Date: {DATE}\r\n"
    "\r\n"
)


@pytest.mark.parametrize(
    ("request_", "query"),
    [
        pytest.param(Request("GET", "/"), "", id="nothing asked"),
        pytest.param(
            Request("GET", "/?Version=2011-06-15"), "?Version=2011-06-15", id="GET without Action"
        ),
        pytest.param(Request("GET", "/?a=\xe9 b"), "?a=%E9%20b", id="GET with odd characters"),
        pytest.param(post(b"Version=2011-06-15"), "", id="POST without Action"),
        pytest.param(Request("POST", "/?a=b", Headers(), WHO), "", id="POST without type"),
        pytest.param(Request("PUT", "/?Action=A"), "", id="unfit method"),
        pytest.param(Request("OPTIONS", "/"), "", id="OPTIONS without Origin"),
    ],
)
def test_what_asks_for_nothing_is_sent_to_the_documentation(
    sts: Sts, request_: Request, query: str
) -> None:
    response = answer(sts, request_)
    assert head(response) == REDIRECT.format(query)
    assert response.body == b""


def test_a_body_of_an_alien_type_is_forbidden_in_html(sts: Sts) -> None:
    response = answer(sts, post(WHO, {"Content-Type": "application/json"}))
    assert response.status == 403
    assert dict(response.headers)["Content-Type"] == "text/html"


@pytest.mark.parametrize("content_type", ["application/x-www-form-urlencoded", FORM.upper()])
def test_a_form_may_name_a_charset_or_none(sts: Sts, content_type: str) -> None:
    assert answer(sts, signed(sts, post(WHO, {"Content-Type": content_type}))).status == 200


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "HEAD", "OPTIONS"])
def test_any_path_but_the_root_is_an_unknown_operation(sts: Sts, method: str) -> None:
    response = answer(sts, Request(method, "/healthz?Action=GetCallerIdentity"))
    assert head(response) == (
        "HTTP/1.1 404 Not Found\r\n"
        "x-amzn-RequestId: ID\r\n"
        "Content-Length: 29\r\n"
        f"Date: {DATE}\r\n"
        "\r\n"
    )
    assert response.body == b"<UnknownOperationException/>\n"


@pytest.mark.parametrize(
    ("method", "target"),
    [("GET", "/%zz"), ("GET", "/%"), ("GET", "*"), ("BREW", "/"), ("BREW", "/x")],
)
def test_a_bad_path_or_method_is_refused_without_a_word(sts: Sts, method: str, target: str) -> None:
    response = answer(sts, Request(method, target))
    assert head(response) == (
        f"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nDate: {DATE}\r\n\r\n"
    )
    assert response.body == b""


def test_a_preflight_is_answered_as_it_asks(sts: Sts) -> None:
    headers = Headers(
        [
            ("Origin", "https://foo.example"),
            ("Access-Control-Request-Method", "POST"),
            ("Access-Control-Request-Headers", "Authorization,x-amz-date"),
        ]
    )
    assert head(answer(sts, Request("OPTIONS", "/", headers))) == (
        "HTTP/1.1 200 OK\r\n"
        "x-amzn-RequestId: ID\r\n"
        "Access-Control-Allow-Origin: *\r\n"
        "Access-Control-Allow-Headers: Authorization,x-amz-date\r\n"
        "Access-Control-Allow-Methods: POST\r\n"
        "Access-Control-Expose-Headers: x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,"
        "Date\r\n"
        "Access-Control-Max-Age: 172800\r\n"
        "Content-Length: 0\r\n"
        f"Date: {DATE}\r\n"
        "\r\n"
    )


@pytest.mark.parametrize(
    ("version", "connection", "close"),
    [
        ("1.1", None, False),
        ("1.1", "keep-alive", False),
        ("1.1", "TE, Close", True),
        ("1.0", None, True),
        ("1.0", "keep-alive", True),
    ],
)
def test_a_connection_stays_open_unless_the_client_asks_otherwise(
    sts: Sts, version: str, connection: str | None, close: bool
) -> None:
    headers = [] if connection is None else [("Connection", connection)]
    response = answer(sts, Request("GET", "/x", Headers(headers), b"", version))
    assert response.close is close
    assert (("Connection", "close") in response.headers) is close


@pytest.mark.parametrize(
    ("defect", "line"),
    [
        (Defect.MALFORMED, "400 Bad Request"),
        (Defect.HEAD_TOO_LARGE, "400 Bad Request"),
        (Defect.BODY_TOO_LARGE, "413 Request Entity Too Large"),
        (Defect.VERSION, "400 Bad Request"),
        (Defect.TIMEOUT, "408 Request Timeout"),
    ],
)
def test_what_is_no_request_is_refused_without_a_word(sts: Sts, defect: Defect, line: str) -> None:
    response = sts.handler.refuse(Unreadable(b"", defect))
    assert head(response) == (
        f"HTTP/1.1 {line}\r\nContent-Length: 0\r\nDate: {DATE}\r\nConnection: close\r\n\r\n"
    )
    assert response.close
    assert response.notes.detail == defect.value


def test_a_bug_is_an_internal_failure_of_the_receiver(sts: Sts) -> None:
    response = sts.handler.failed()
    assert (response.status, code_of(response)) == (500, "InternalFailure")
    assert "<Type>Receiver</Type>" in body(response)
    assert response.close


def test_without_a_signature_there_is_no_answer(sts: Sts) -> None:
    response = answer(sts, post(WHO))
    assert (response.status, code_of(response)) == (403, "MissingAuthenticationToken")
    assert message_of(response) == "Request is missing Authentication Token"


def test_a_bad_escape_in_a_form_is_named(sts: Sts) -> None:
    response = answer(sts, signed(sts, post(WHO + b"&a=%zz")))
    assert (response.status, code_of(response)) == (400, "MalformedQueryString")


@pytest.mark.parametrize(
    ("damage", "status", "code"),
    [
        pytest.param({"role": "gone"}, 403, "InvalidClientTokenId", id="role deleted"),
        pytest.param({"role": "recreated"}, 403, "InvalidClientTokenId", id="role recreated"),
        pytest.param({"age": HOUR}, 403, "ExpiredToken", id="expired"),
        pytest.param({"age": HOUR, "role": "gone"}, 403, "ExpiredToken", id="expired and deleted"),
        pytest.param({"tampered": True}, 403, "SignatureDoesNotMatch", id="tampered"),
        pytest.param(
            {"tampered": True, "age": HOUR}, 403, "ExpiredToken", id="expired and tampered"
        ),
        pytest.param(
            {"tampered": True, "role": "gone"},
            403,
            "InvalidClientTokenId",
            id="deleted and tampered",
        ),
        pytest.param(
            {"scope": True, "age": HOUR, "tampered": True},
            403,
            "SignatureDoesNotMatch",
            id="a wrong region wins over everything",
        ),
        pytest.param({}, 200, "", id="nothing wrong"),
    ],
)
def test_checks_come_in_the_order_of_aws(
    sts: Sts, damage: dict[str, object], status: int, code: str
) -> None:
    assumed = sts.on_instance(HOUR)
    age = damage.get("age")
    if isinstance(age, timedelta):
        sts.clock.advance(age)
    if damage.get("role"):
        sts.changed(WEB, unique_id="AROAANOTHER3456723456")
    if damage.get("role") == "gone":
        sts.without(WEB)
    if damage.get("scope"):
        sts.strict_region, sts.region = True, "us-east-1"
    request = signed(sts, post(WHO), assumed)
    sts.region = "eu-west-1"
    if damage.get("tampered"):
        request = Request(request.method, request.target, request.headers, WHO + b"&x=y")
    response = answer(sts, request)
    assert (response.status, code_of(response)) == (status, code)
    if code == "InvalidClientTokenId":
        assert message_of(response) == INVALID
    if code == "ExpiredToken":
        assert message_of(response) == "The security token included in the request is expired"


def test_a_strict_region_accepts_its_own(sts: Sts) -> None:
    sts.strict_region = True
    assert answer(sts, signed(sts, post(WHO))).status == 200


def test_a_session_token_with_a_long_term_key_is_refused_after_the_signature(sts: Sts) -> None:
    good = signed(sts, post(WHO))
    fields = Headers([*good.headers, ("X-Amz-Security-Token", "foreign")])
    request = Request("POST", "/", fields, WHO)
    assert code_of(answer(sts, request)) == "InvalidClientTokenId"
    tampered = Request("POST", "/", fields, WHO + b"&a=b")
    assert code_of(answer(sts, tampered)) == "SignatureDoesNotMatch"


def test_every_violated_constraint_is_told(sts: Sts) -> None:
    asked = form("AssumeRole", RoleSessionName="a%20b%3C", Policy="%00")
    response = answer(sts, signed(sts, post(asked)))
    assert (response.status, code_of(response)) == (400, "ValidationError")
    assert message_of(response) == (
        "3 validation errors detected: "
        "Value null at 'roleArn' failed to satisfy constraint: Member must not be null; "
        "Value 'a b&lt;' at 'roleSessionName' failed to satisfy constraint: Member must satisfy "
        r"regular expression pattern: [\w+=,.@-]*; "
        "Value '\ufffd' at 'policy' failed to satisfy constraint: Member must satisfy regular "
        r"expression pattern: [\u0009\u000A\u000D\u0020-\u00FF]+"
    )


def test_a_number_that_does_not_parse_has_no_message(sts: Sts) -> None:
    asked = form("AssumeRole", RoleArn=DEPLOY.arn, RoleSessionName="s1", DurationSeconds="x")
    response = answer(sts, signed(sts, post(asked)))
    assert (response.status, code_of(response)) == (400, "MalformedInput")
    assert b"<Message>" not in response.body


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("aws:SourceIp", "127.0.0.1"),
        ("aws:UserAgent", "test/1"),
        ("aws:SecureTransport", "true"),
        ("aws:TokenIssueTime", "2026-01-02T03:04:05Z"),
        ("aws:MultiFactorAuthPresent", "false"),
        ("ec2:RoleDelivery", "2.0"),
        ("sts:ExternalId", "x1"),
    ],
)
def test_a_trust_policy_sees_the_request_and_the_session_that_signed_it(
    sts: Sts, key: str, value: str
) -> None:
    asked = form("AssumeRole", RoleArn=DEPLOY.arn, RoleSessionName="s1", ExternalId="x1")
    caller = sts.on_instance(ec2__RoleDelivery="2.0")
    request = signed(sts, post(asked, {"User-Agent": "test/1"}), caller)
    for wanted, status in ((value, 200), ("other", 403)):
        condition = {"StringEquals": {key: wanted}}
        sts.changed(DEPLOY, trust=trusting(WEB.arn, Condition=condition))
        assert answer(sts, request).status == status


@pytest.mark.parametrize(
    ("peer", "source_ip"),
    [("::1", "::1"), ("::ffff:10.0.0.9", "10.0.0.9"), ("fe80::1%eth0", "fe80::1"), ("", None)],
)
def test_the_source_address_is_that_of_the_client(
    sts: Sts, peer: str, source_ip: str | None
) -> None:
    condition = {"StringEquals": {"aws:SourceIp": source_ip or "127.0.0.1"}}
    sts.changed(DEPLOY, trust=trusting(WEB.arn, Condition=condition))
    asked = form("AssumeRole", RoleArn=DEPLOY.arn, RoleSessionName="s1")
    connection = Connection(Surface.STS, None, peer, 1, "", 2)
    response = sts.handler.handle(signed(sts, post(asked), sts.on_instance()), connection)
    assert response.status == (200 if source_ip else 403)


def test_a_duration_beyond_role_chaining_is_a_validation_error(sts: Sts) -> None:
    asked = form("AssumeRole", RoleArn=DEPLOY.arn, RoleSessionName="s1", DurationSeconds="3601")
    response = answer(sts, signed(sts, post(asked), sts.on_instance()))
    assert (response.status, code_of(response)) == (400, "ValidationError")
    assert answer(sts, signed(sts, post(asked))).status == 200


latin = st.text(st.characters(max_codepoint=255), max_size=40)
names = st.sampled_from(
    ["Action", "Version", "RoleArn", "RoleSessionName", "DurationSeconds", "Tags.member.1.Key",
     "X-Amz-Algorithm", "ExternalId"]
) | latin  # fmt: skip
values = st.sampled_from(
    ["AssumeRole", "GetCallerIdentity", "2011-06-15", WEB.arn, "%", "%zz", "s1"]
)
forms = st.lists(st.tuples(names, values | latin), max_size=8).map(
    lambda pairs: "&".join(f"{name}={value}" for name, value in pairs)
)
fields = st.lists(
    st.tuples(
        st.sampled_from(
            ["Authorization", "Content-Type", "X-Amz-Date", "Date", "X-Amz-Security-Token", "Host",
             "Origin", "Connection", "User-Agent", "Access-Control-Request-Headers"]
        ),
        latin
        | st.sampled_from(
            [
                FORM,
                "20260102T030405Z",
                "20269999T999999Z",
                "AWS4-HMAC-SHA256 Credential=ASIA1/20260102/x/sts/aws4_request,"
                "SignedHeaders=host;x-amz-date,Signature=\xe9",
                "AWS4-HMAC-SHA256 Credential=AKIAALICE23456723456/20260102/x/sts/aws4_request,"
                "SignedHeaders=host;;HOST,Signature=00",
            ]
        ),
    ),
    max_size=7,
)  # fmt: skip


def assert_sound(response: Response) -> None:
    """Below 500, and a document that parses wherever there is one."""
    assert response.status < 500
    assert response.head()
    if dict(response.headers).get("Content-Type") == "text/xml":
        ElementTree.fromstring(response.body)


@given(
    method=st.sampled_from(["GET", "POST", "HEAD", "OPTIONS", "X"]),
    query=forms | latin,
    head_fields=fields,
    text=forms | latin,
)
def test_no_request_makes_the_service_stumble(
    method: str, query: str, head_fields: list[tuple[str, str]], text: str
) -> None:
    request = Request(method, f"/?{query}", Headers(head_fields), text.encode("latin-1"))
    assert_sound(Sts().handler.handle(request, CONNECTION))


@given(text=forms | st.binary(max_size=60).map(lambda raw: raw.decode("latin-1")))
def test_no_form_of_an_authenticated_caller_makes_the_service_stumble(text: str) -> None:
    sts = Sts()
    action = b"Action=AssumeRole&Version=2011-06-15&"
    assert_sound(answer(sts, signed(sts, post(action + text.encode("latin-1")))))
