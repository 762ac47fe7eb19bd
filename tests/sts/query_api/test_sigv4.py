import hashlib
from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest

from imds_sim.kernel.message import Headers, Request
from imds_sim.kernel.secret import Secret
from imds_sim.sts.errors import (
    ApiError,
    IncompleteSignature,
    MissingAuthenticationToken,
    SignatureDoesNotMatch,
)
from imds_sim.sts.query_api.sigv4 import claimed_access_key_id, read_claim, sign

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
SECRET = Secret("a secret")
BODY = b"Action=GetCallerIdentity&Version=2011-06-15"
SIGNATURE = "0" * 64
CREDENTIAL = "AKIA1/20260102/eu-west-1/sts/aws4_request"
MISMATCH = "The request signature we calculated does not match the signature you provided."


def unsigned(**headers: str) -> Request:
    fields = {"Host": "sts.local:1339", "Content-Type": "application/x-www-form-urlencoded"}
    return Request("POST", "/", Headers({**fields, **headers}.items()), BODY)


def signed(request: Request | None = None, at: datetime = NOW) -> Request:
    return sign(request or unsigned(), "AKIA1", SECRET, Secret("token"), "eu-west-1", at)


def with_header(request: Request, name: str, value: str | None) -> Request:
    kept = [(n, v) for n, v in request.headers if n.lower() != name.lower()]
    added = [] if value is None else [(name, value)]
    return Request(request.method, request.target, Headers(kept + added), request.body)


def claiming(authorization: str, date: str | None = "20260102T030405Z") -> Request:
    request = with_header(unsigned(), "Authorization", authorization)
    return with_header(request, "X-Amz-Date", date)


def header(
    credential: str = CREDENTIAL, headers: str = "host;x-amz-date", signature: str = SIGNATURE
) -> str:
    return (
        f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders={headers}, Signature={signature}"
    )


def refused(request: Request, now: datetime = NOW, region: str | None = None) -> ApiError:
    with pytest.raises(ApiError) as raised:
        read_claim(request, now, region)
    return raised.value


def test_what_we_sign_we_accept() -> None:
    request = signed()
    claim = read_claim(request, NOW)
    assert (claim.access_key_id, claim.session_token) == ("AKIA1", "token")
    assert claim.signed_headers == ("content-type", "host", "x-amz-date", "x-amz-security-token")
    claim.prove(request, SECRET)


def test_the_moment_of_signing_may_be_in_any_zone() -> None:
    zone = timezone(timedelta(hours=5))
    assert list(signed(at=NOW.astimezone(zone)).headers) == list(signed().headers)


def test_another_key_is_not_accepted() -> None:
    request = signed()
    with pytest.raises(SignatureDoesNotMatch, match=MISMATCH):
        read_claim(request, NOW).prove(request, Secret("b secret"))


@pytest.mark.parametrize(
    "tamper",
    [
        pytest.param(lambda r: Request("GET", r.target, r.headers, r.body), id="method"),
        pytest.param(lambda r: Request(r.method, "/?a=b", r.headers, r.body), id="query"),
        pytest.param(lambda r: Request(r.method, r.target, r.headers, r.body + b"&"), id="body"),
        pytest.param(lambda r: with_header(r, "Host", "elsewhere"), id="host"),
        pytest.param(lambda r: with_header(r, "Host", None), id="host gone"),
        pytest.param(lambda r: with_header(r, "X-Amz-Date", "20260102T030406Z"), id="date"),
        pytest.param(lambda r: with_header(r, "X-Amz-Security-Token", "other"), id="token"),
        pytest.param(
            lambda r: Request(r.method, r.target, Headers([*r.headers, ("Host", "x")]), r.body),
            id="second host",
        ),
    ],
)
def test_a_signed_request_cannot_be_changed(tamper: Callable[[Request], Request]) -> None:
    request = tamper(signed())
    with pytest.raises(SignatureDoesNotMatch, match=MISMATCH):
        read_claim(request, NOW).prove(request, SECRET)


def test_headers_that_are_not_signed_may_change() -> None:
    request = with_header(signed(), "User-Agent", "proxy")
    read_claim(request, NOW).prove(request, SECRET)


@pytest.mark.parametrize("region", ["eu-west-1", ""])
@pytest.mark.parametrize("session_token", [None, "a/session+token=="])
@pytest.mark.parametrize(
    ("method", "query", "headers", "body"),
    [
        pytest.param("POST", "", {"Content-Type": "text/x"}, BODY, id="form"),
        pytest.param("POST", "", {"X-Vault-AWS-IAM-Server-ID": "  a   b "}, BODY, id="Vault"),
        pytest.param("GET", "", {"x-k8s-aws-id": "cluster"}, b"", id="EKS"),
        pytest.param("GET", "?b=%20x&a=~&a=%2B%C3%A9&Action=A", {}, b"", id="query"),
    ],
)
def test_what_botocore_signs_we_accept(
    method: str,
    query: str,
    headers: dict[str, str],
    body: bytes,
    session_token: str | None,
    region: str,
) -> None:
    auth = pytest.importorskip("botocore.auth")
    awsrequest = pytest.importorskip("botocore.awsrequest")
    credentials = pytest.importorskip("botocore.credentials")
    theirs = awsrequest.AWSRequest(method, f"http://sts.local:1339/{query}", headers, body)
    held = credentials.Credentials("AKIA1", SECRET.reveal(), session_token)
    auth.SigV4Auth(held, "sts", region).add_auth(theirs)
    sent = [("Host", "sts.local:1339"), *theirs.headers.items()]
    request = Request(method, f"/{query}", Headers(sent), body)
    now = datetime.strptime(theirs.headers["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    claim = read_claim(request, now, region)
    assert claim.session_token == session_token
    claim.prove(request, SECRET)


def test_no_signature_is_no_authentication() -> None:
    error = refused(unsigned())
    assert isinstance(error, MissingAuthenticationToken)
    assert error.message == "Request is missing Authentication Token"
    assert isinstance(refused(unsigned(Authorization="")), MissingAuthenticationToken)


def tail(authorization: str) -> str:
    digest = b64encode(hashlib.sha256(authorization.encode()).digest()).decode()
    return f" (Hashed with SHA-256 and encoded with Base64) Authorization={digest}"


def required(*names: str) -> str:
    return " ".join(f"Authorization header requires '{name}' parameter." for name in names)


NO_DATE = "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."


@pytest.mark.parametrize(
    ("authorization", "date", "message"),
    [
        ("Bearer x", "20260102T030405Z", "Unsupported AWS 'algorithm': 'Bearer'."),
        (
            "AWS4-HMAC-SHA512 Credential=a",
            "20260102T030405Z",
            "Unsupported AWS 'algorithm': 'AWS4-HMAC-SHA512'.",
        ),
        (
            "AWS4-HMAC-SHA256",
            None,
            f"{required('Credential', 'Signature', 'SignedHeaders')} {NO_DATE}"
            + tail("AWS4-HMAC-SHA256"),
        ),
        (
            "AWS4-HMAC-SHA256 Credential=a, SignedHeaders=host",
            "20260102T030405Z",
            required("Signature") + tail("AWS4-HMAC-SHA256 Credential=a, SignedHeaders=host"),
        ),
        (header(), None, NO_DATE + tail(header())),
        (
            header(),
            "Fri, 02 Jan 2026 03:04:05 GMT",
            "Date must be in ISO-8601 'basic format'. Got 'Fri, 02 Jan 2026 03:04:05 GMT'. "
            "See http://en.wikipedia.org/wiki/ISO_8601",
        ),
        (
            header(),
            "20260231T030405Z",
            "Date must be in ISO-8601 'basic format'. Got '20260231T030405Z'. "
            "See http://en.wikipedia.org/wiki/ISO_8601",
        ),
        (
            header("AKIA1/20260102/eu-west-1/sts"),
            "20260102T030405Z",
            "Credential must have exactly 5 slash-delimited elements, e.g. "
            "keyid/date/region/service/term, got 'AKIA1/20260102/eu-west-1/sts'",
        ),
    ],
)
def test_a_signature_that_cannot_be_read_is_incomplete(
    authorization: str, date: str | None, message: str
) -> None:
    error = refused(claiming(authorization, date))
    assert isinstance(error, IncompleteSignature)
    assert error.message == message


def test_a_part_without_equal_sign_is_not_shown_but_its_header_s_hash_is() -> None:
    error = refused(claiming("AWS4-HMAC-SHA256 secret"))
    assert isinstance(error, IncompleteSignature)
    assert (error.message or "").startswith("Invalid key=value pair (missing equal-sign) in ")
    assert "secret" not in (error.message or "")


def test_the_host_must_be_signed() -> None:
    error = refused(claiming(header(headers="x-amz-date")))
    assert isinstance(error, SignatureDoesNotMatch)
    assert error.message == (
        "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."
    )


@pytest.mark.parametrize(
    ("late", "message"),
    [
        (timedelta(minutes=15), None),
        (timedelta(minutes=15, microseconds=999_999), None),
        (
            timedelta(minutes=15, seconds=1),
            "Signature expired: 20260102T030405Z is now earlier than 20260102T030406Z "
            "(20260102T031906Z - 15 min.)",
        ),
        (timedelta(minutes=-15), None),
        (
            timedelta(minutes=-15, seconds=-1),
            "Signature not yet current: 20260102T030405Z is still later than 20260102T030404Z "
            "(20260102T024904Z + 15 min.)",
        ),
    ],
)
def test_a_signature_counts_a_quarter_of_an_hour_either_way(
    late: timedelta, message: str | None
) -> None:
    request = signed()
    if message is None:
        read_claim(request, NOW + late).prove(request, SECRET)
    else:
        error = refused(request, NOW + late)
        assert isinstance(error, SignatureDoesNotMatch)
        assert error.message == message


@pytest.mark.parametrize(
    "date",
    [
        pytest.param("2026-01-02T03:04:05Z", id="extended"),
        pytest.param("2026-01-02T03:04:05.123Z", id="with a fraction"),
    ],
)
def test_an_extended_date_is_taken_in_the_header(date: str) -> None:
    assert read_claim(claiming(header(), date), NOW).timestamp == "20260102T030405Z"


def test_without_x_amz_date_the_date_header_counts() -> None:
    request = with_header(claiming(header(), None), "Date", "20260102T030405Z")
    assert read_claim(request, NOW).timestamp == "20260102T030405Z"


REGION = "Credential should be scoped to a valid region. "
SERVICE = "Credential should be scoped to correct service: 'sts'. "
TERMINATOR = "Credential should be scoped with a valid terminator: 'aws4_request', not 'x'. "
DATE = (
    "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: "
    "'20260103' != '20260102', from '20260102T030405Z'."
)


@pytest.mark.parametrize(
    ("scope", "region", "message"),
    [
        ("20260102/us-east-1/sts/aws4_request", None, None),
        ("20260102//sts/aws4_request", None, None),
        ("20260102/eu-west-1/sts/aws4_request", "eu-west-1", None),
        ("20260102/us-east-1/sts/aws4_request", "eu-west-1", REGION),
        ("20260102/eu-west-1/s3/aws4_request", None, SERVICE),
        ("20260102/us-east-1/s3/aws4_request", "eu-west-1", REGION + SERVICE),
        ("20260102/eu-west-1/sts/x", None, TERMINATOR),
        ("20260103/us-east-1/s3/x", "eu-west-1", REGION + SERVICE + TERMINATOR + DATE),
    ],
)
def test_all_that_is_wrong_with_a_scope_is_told_at_once(
    scope: str, region: str | None, message: str | None
) -> None:
    request = claiming(header(f"AKIA1/{scope}"))
    if message is None:
        read_claim(request, NOW, region)
    else:
        error = refused(request, region=region)
        assert isinstance(error, SignatureDoesNotMatch)
        assert error.message == message


def test_of_repeated_parts_the_last_counts() -> None:
    claim = read_claim(claiming(f"{header()}, Signature=ff"), NOW)
    assert claim.signature == "ff"


def test_a_signature_in_header_and_query_does_not_match_and_says_nothing() -> None:
    request = Request("GET", "/?X-Amz-Algorithm=x", Headers([("Authorization", header())]))
    error = refused(request)
    assert isinstance(error, SignatureDoesNotMatch)
    assert error.message is None


@pytest.mark.parametrize(
    ("request_", "key_id"),
    [
        (claiming(header()), "AKIA1"),
        (claiming("AWS4-HMAC-SHA256 SignedHeaders=host,Credential=ASIA2/x"), "ASIA2"),
        (claiming("Credential"), None),
        (claiming("Bearer x"), None),
        (unsigned(), None),
        (Request("GET", "/?X-Amz-Credential=ASIA3%2F20260102%2Fr"), "ASIA3"),
        (Request("GET", "/?a=b"), None),
    ],
)
def test_the_claimed_key_is_read_without_judging(request_: Request, key_id: str | None) -> None:
    assert claimed_access_key_id(request_) == key_id


def test_neither_token_nor_secret_shows_in_a_repr() -> None:
    assert "token='" not in repr(read_claim(signed(), NOW))
