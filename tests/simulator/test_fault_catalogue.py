"""Every row of the catalogue, played: what a client gets, and what it gets once it is over."""

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from imds_sim.faults.catalogue.contents import rows
from imds_sim.faults.edits import HUGE
from imds_sim.kernel.exchange import Surface
from imds_sim.kernel.message import Headers, Request, Response
from imds_sim.kernel.plan import End, WirePlan
from imds_sim.workloads.pod import POD_AUDIENCE, Pod
from tests.simulator.faulty import ROLES, Clients, header, members, usual
from tests.simulator.scenes import over

Check = Callable[[Clients], None]
CHECKS: dict[str, Check] = {}
PAGE = b"<?xml"


def row(*faults: str) -> Callable[[Check], Check]:
    """The check of these rows; it begins with the fault armed."""

    def keep(check: Check) -> Check:
        CHECKS.update(dict.fromkeys(faults, check))
        return check

    return keep


def status_rows(target: str, *statuses: int) -> Callable[[Callable[[Clients], Response]], object]:
    """Rows of a status: one request of their target gets it, in the surface's form."""

    def keep(ask: Callable[[Clients], Response]) -> object:
        for status in statuses:

            def check(clients: Clients, expected: int = status) -> None:
                answer = ask(clients)
                assert answer.status == expected
                assert header(answer, "content-length") == str(len(answer.body))
                assert clients.noted == f"{target}:{expected}"
                clients.calm()
                assert usual(ask(clients))

            CHECKS[f"{target}:{status}"] = check
        return ask

    return keep


FAULTS = [each.fault for each in rows()]


def test_every_row_has_its_check() -> None:
    assert sorted(CHECKS) == sorted(FAULTS)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_row_does_what_it_says(fault: str) -> None:
    clients = Clients()
    clients.arm(fault)
    CHECKS[fault](clients)


# Metadata tokens.

status_rows("token", 400, 401, 403, 404, 405, 500, 503)(Clients.put)


@row("token:no-ttl-header")
def no_ttl_header(clients: Clients) -> None:
    issued = clients.put()
    assert header(issued, "x-aws-ec2-metadata-token-ttl-seconds") is None
    assert usual(clients.roles())  # it is a token all the same


@row("token:empty")
def empty_token(clients: Clients) -> None:
    issued = clients.put()
    assert (issued.status, issued.body) == (200, b"")
    assert header(issued, "content-length") == "0"


@row("token:ttl=5")
def short_token(clients: Clients) -> None:
    issued = clients.put(ttl=600)
    assert header(issued, "x-aws-ec2-metadata-token-ttl-seconds") == "5"
    clients.scene.clock.advance(timedelta(seconds=4))
    assert clients.roles().status == 200
    clients.scene.clock.advance(timedelta(seconds=1))
    assert clients.roles().status == 401


@row("token:revoke")
def revoked_tokens(clients: Clients) -> None:
    clients.put()
    assert clients.noted is None
    assert clients.roles().status == 401
    assert clients.noted == "token:revoke"
    assert clients.roles().status == 401  # void for good
    clients.put()
    assert usual(clients.roles())  # a new one counts: once only


@row("v1:off")
def v1_off(clients: Clients) -> None:
    clients.calm()
    clients.scene.core.swap(
        clients.scene.world(
            "{roles: {web: {}}, instances: {web-1: {role: web, "
            "metadata_options: {http_tokens: optional}}}}"
        )
    )
    assert clients.credentials(v1=True).status == 200
    clients.arm("v1:off")
    assert clients.credentials(v1=True).status == 401
    assert usual(clients.credentials())


@row("v1:on")
def v1_on(clients: Clients) -> None:
    assert usual(clients.credentials(v1=True))
    clients.calm()
    assert clients.credentials(v1=True).status == 401


# The listing of the role.

status_rows("role", 500, 503)(Clients.roles)


@row("role:none")
def no_role(clients: Clients) -> None:
    answer = clients.roles()
    assert answer.status == 404
    assert answer.body.startswith(PAGE)
    assert usual(clients.credentials())


@row("role:empty", "role:two", "role:newline")
def listings(clients: Clients) -> None:
    answer = clients.roles()
    expected = {"empty": b"", "two": b"web\nother-role", "newline": b"web\n"}
    assert answer.status == 200
    assert answer.body == expected[str(clients.noted).removeprefix("role:")]
    assert header(answer, "content-length") == str(len(answer.body))
    assert clients.credentials("other-role").status == 404


@row("role:renamed")
def renamed_role(clients: Clients) -> None:
    assert clients.roles().body == b"web"
    assert clients.credentials("web").status == 404
    assert clients.roles().body == b"web-renamed"
    assert clients.identity(clients.credentials("web-renamed")) == "ok"


# The extended path and the whole metadata service.

status_rows("extended", 403, 404, 500)(Clients.extended)


@row("extended:200")
def extended_is_there(clients: Clients) -> None:
    clients.scene.core.swap(
        clients.scene.world(
            "{roles: {web: {}}, instances: {web-1: {role: web, extended_credentials: false}}}"
        )
    )
    assert members(clients.extended())["AccountId"] == "111122223333"
    clients.calm()
    assert clients.extended().status == 404


def read_index(clients: Clients) -> Response:
    clients.metadata_token = clients.metadata_token or "a token that nobody looks at"
    answer = clients.read("/latest/meta-data/instance-id")
    if answer.status == 401:  # the fault is over: now with a real one
        clients.metadata_token = ""
        answer = clients.read("/latest/meta-data/instance-id")
    return answer


status_rows("imds", 429, 500, 503)(read_index)


@row("imds:disabled")
def disabled(clients: Clients) -> None:
    assert clients.put().status == 403
    assert clients.read("/latest/", v1=True).status == 403
    assert usual(clients.ecs())


@row("imds:unreachable")
def unreachable(clients: Clients) -> None:
    assert clients.put().plan == WirePlan(end=End.SILENCE)  # the listener is shared
    assert clients.status == 0
    own = over(Surface.IMDS, "web-1")
    assert clients.scene.core.handle(own, Request("GET", "/")).plan == WirePlan(end=End.RESET)


@row("imds:reordered")
def reordered(clients: Clients) -> None:
    there = clients.read("/latest/meta-data/").body.split(b"\n")
    assert clients.noted == "imds:reordered"
    clients.calm()
    assert clients.read("/latest/meta-data/").body.split(b"\n") == there[::-1]


# Credentials, of whatever surface.


def each_document(clients: Clients) -> list[Response]:
    return [
        clients.credentials(),
        clients.extended(),
        clients.ecs(),
        clients.aws_lambda(),
        clients.eks(),
    ]


status_rows("cred", 404, 429, 500, 503)(lambda clients: each_document(clients)[0])


@row("cred:bad-json", "cred:truncated")
def no_json(clients: Clients) -> None:
    for answer in each_document(clients):
        assert answer.status == 200
        assert answer.body
        assert header(answer, "content-length") == str(len(answer.body))
        with pytest.raises(json.JSONDecodeError):
            json.loads(answer.body)


@row("cred:html", "cred:html-500")
def html(clients: Clients) -> None:
    for answer in each_document(clients):
        assert answer.status == (500 if "500" in str(clients.noted) else 200)
        assert answer.body.startswith(b"<html>")
        assert header(answer, "content-type") == "text/html"


@row("cred:empty")
def empty_documents(clients: Clients) -> None:
    for answer in each_document(clients):
        assert (answer.status, answer.body) == (200, b"")


@row("cred:huge")
def huge_documents(clients: Clients) -> None:
    for answer in each_document(clients):
        assert len(answer.body) > HUGE > 65_535
        assert members(answer)["AccessKeyId"].startswith("ASIA")


@row("cred:code=AssumeRoleUnauthorizedAccess")
def codes(clients: Clients) -> None:
    for answer in each_document(clients):
        told = members(answer)
        assert (answer.status, told["Code"]) == (200, "AssumeRoleUnauthorizedAccess")
        assert "AccessKeyId" not in told


@row("cred:missing=Token")
def missing_member(clients: Clients) -> None:
    for answer in each_document(clients):
        assert "Token" not in members(answer)
        assert "SecretAccessKey" in members(answer)


@row("cred:date-missing")
def missing_date(clients: Clients) -> None:
    for answer in each_document(clients):
        assert "Expiration" not in members(answer)
        assert "Token" in members(answer)


@row("cred:date-null")
def null_date(clients: Clients) -> None:
    for answer in each_document(clients):
        assert members(answer)["Expiration"] is None


@row("cred:extra")
def unknown_members(clients: Clients) -> None:
    for answer in each_document(clients):
        assert members(answer)["Nested"] == {"a": None, "b": True}
    assert clients.identity(clients.credentials()) == "ok"


@row("cred:lowercase-keys")
def lowercase(clients: Clients) -> None:
    for answer in each_document(clients):
        assert {"accesskeyid", "secretaccesskey", "token", "expiration"} <= set(members(answer))


@row("cred:account-id=on")
def account_id(clients: Clients) -> None:
    for answer in each_document(clients):
        assert members(answer)["AccountId"] == "111122223333"
    clients.calm()
    clients.arm("cred:account-id=off")
    assert all("AccountId" not in members(answer) for answer in each_document(clients))


@row("cred:micros", "cred:date-offset", "cred:date-basic")
def dates(clients: Clients) -> None:
    forms = {
        "cred:micros": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.123456Z",
        "cred:date-offset": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00",
        "cred:date-basic": r"\d{8}T\d{6}Z",
    }
    for answer in each_document(clients):
        assert re.fullmatch(forms[str(clients.noted)], members(answer)["Expiration"])


@row("cred:future-skew=1h")
def future(clients: Clients) -> None:
    ahead = members(clients.credentials())
    clients.calm()
    real = members(clients.credentials())
    for name in ("LastUpdated", "Expiration"):
        hour = datetime.fromisoformat(ahead[name]) - datetime.fromisoformat(real[name])
        assert hour == timedelta(hours=1)


@row("cred:content-type=text/plain")
def other_type(clients: Clients) -> None:
    assert {header(each, "content-type") for each in each_document(clients)} == {"text/plain"}


@row("cred:charset")
def charset(clients: Clients) -> None:
    told = [header(each, "content-type") for each in each_document(clients)]
    assert told[2] == "application/json; charset=utf-8"
    assert all(str(each).endswith("; charset=utf-8") for each in told)


@row("cred:redirect")
def redirect(clients: Clients) -> None:
    for answer in each_document(clients):
        assert (answer.status, header(answer, "location"), answer.body) == (302, "/elsewhere", b"")


@row("cred:expired")
def expired(clients: Clients) -> None:
    for ask in (Clients.credentials, Clients.ecs, Clients.aws_lambda, Clients.eks):
        answer = ask(clients)
        assert datetime.fromisoformat(members(answer)["Expiration"]) < clients.scene.clock.now()
        assert clients.identity(answer) == "ExpiredToken"
        assert members(ask(clients)) == members(answer)
    clients.calm()
    assert clients.identity(clients.ecs()) == "ok"


@row("cred:life=120s")
def short_life(clients: Clients) -> None:
    for ask in (Clients.credentials, Clients.ecs, Clients.aws_lambda, Clients.eks):
        answer = ask(clients)
        assert ask(clients).body == answer.body
        assert clients.identity(answer) == "ok"
        clients.scene.clock.advance(timedelta(seconds=119))
        assert clients.identity(answer) == "ok"
        clients.scene.clock.advance(timedelta(seconds=1))
        assert clients.identity(answer) == "ExpiredToken"
        assert clients.identity(ask(clients)) == "ok"


@row("cred:stale")
def stale(clients: Clients) -> None:
    first = clients.ecs()
    clients.scene.clock.advance(timedelta(hours=7))
    clients.scene.core.tick()
    again = clients.ecs()
    assert again.body == first.body
    assert clients.identity(again) == "ExpiredToken"
    clients.calm()
    assert clients.identity(clients.ecs()) == "ok"


@row("cred:rotate")
def rotated(clients: Clients) -> None:
    for ask in (Clients.credentials, Clients.ecs, Clients.aws_lambda, Clients.eks):
        first, second = ask(clients), ask(clients)
        assert members(first)["AccessKeyId"] != members(second)["AccessKeyId"]
        assert clients.identity(first) == clients.identity(second) == "ok"


@row("cred:rotate-mid-request")
def rotated_after(clients: Clients) -> None:
    clients.calm()
    held = clients.ecs().body
    clients.arm("cred:rotate-mid-request*1")
    assert clients.ecs().body == held
    clients.calm()
    assert clients.ecs().body != held


@row("cred:rotate-without-expiry-change")
def rotated_same_end(clients: Clients) -> None:
    first = members(clients.ecs())
    clients.scene.clock.advance(timedelta(minutes=5))
    second = clients.ecs()
    assert members(second)["AccessKeyId"] != first["AccessKeyId"]
    assert members(second)["Expiration"] == first["Expiration"]
    assert clients.identity(second) == "ok"


@row("cred:assume-denied")
def denied(clients: Clients) -> None:
    told = members(clients.credentials())
    assert (told["Code"], "AccessKeyId" in told) == ("AssumeRoleUnauthorizedAccess", False)
    assert clients.ecs().status == 503
    assert members(clients.ecs())["code"] == "CredentialsUninitialized"
    assert clients.aws_lambda().status == 404
    assert b"AccessDeniedException" in clients.eks().body


# Containers and the STS.

status_rows("ecs", 401, 403, 404, 429, 500, 503)(Clients.ecs)
status_rows("eks", 401, 403, 404, 429, 500, 503)(Clients.eks)
status_rows("lambda", 401, 403, 404, 429, 500, 503)(Clients.aws_lambda)


@row("ecs:uninitialized", "ecs:unknown-id", "ecs:wrong-token")
def ecs_errors(clients: Clients) -> None:
    answer = clients.ecs()
    told = members(answer)
    assert header(answer, "content-type") == "application/json"
    assert told["HTTPErrorCode"] == answer.status
    expected = {
        "ecs:uninitialized": (503, "CredentialsUninitialized"),
        "ecs:unknown-id": (400, "InvalidIdInRequest"),
        "ecs:wrong-token": (403, "AccessDenied"),
    }
    fault = str(clients.noted)
    assert (answer.status, told["code"]) == expected[fault]
    if fault == "ecs:unknown-id":  # to the byte what an unknown id gets
        clients.calm()
        real = clients.ecs("/v2/credentials/nobody")
        assert answer == real._replace(notes=answer.notes)


@row("ecs:throttle")
def ecs_throttle(clients: Clients) -> None:
    answer = clients.ecs()
    assert (answer.status, answer.body) == (429, b"You have reached maximum request limit.")
    assert header(answer, "content-type") == "text/plain; charset=utf-8"
    assert usual(clients.aws_lambda())


@row("eks:bad-auth", "eks:wrong-host", "eks:token-expired", "eks:token-not-yet-valid")
def eks_errors(clients: Clients) -> None:
    answer = clients.eks()
    fault = str(clients.noted)
    clients.calm()
    core = clients.scene.core
    pod = core.world.resolver.named("pod-1")
    assert isinstance(pod, Pod)
    token = core.cluster_tokens.mint(pod, POD_AUDIENCE).reveal()
    if fault == "eks:token-expired":
        core.advance(timedelta(days=2))
    elif fault == "eks:token-not-yet-valid":
        core.advance(-timedelta(days=2))
    shown = [("Authorization", "" if fault == "eks:bad-auth" else token)]
    host = "localhost" if fault == "eks:wrong-host" else "127.0.0.1"
    request = Request("GET", "/v1/credentials", Headers([("Host", host), *shown]))
    real = core.handle(over(Surface.EKS), request)
    assert answer == real._replace(notes=answer.notes)


@row("eks:token-unparseable")
def eks_token_unparseable(clients: Clients) -> None:
    answer = clients.eks()
    clients.calm()
    real = clients.ask(Surface.EKS, "GET", "/v1/credentials", ("Authorization", "Bearer"))
    assert answer == real._replace(notes=answer.notes)


@row("eks:throttle")
def eks_throttle(clients: Clients) -> None:
    answer = clients.eks()
    assert (answer.status, answer.body) == (429, b"Too Many Requests\n")
    assert header(answer, "content-type") == "text/plain; charset=utf-8"


@row("lambda:bad-auth")
def lambda_bad_auth(clients: Clients) -> None:
    answer = clients.aws_lambda()
    clients.calm()
    real = clients.ask(Surface.LAMBDA, "GET", "/2021-04-23/credentials")
    assert answer == real._replace(notes=answer.notes)
    assert answer.status == 404


@row("lambda:restore")
def restored(clients: Clients) -> None:
    clients.calm()
    before = clients.aws_lambda()
    clients.arm("lambda:restore")
    after = clients.aws_lambda()
    assert members(after)["AccessKeyId"] != members(before)["AccessKeyId"]
    assert clients.aws_lambda().body == after.body
    assert clients.identity(before) == "ok"


def sts_codes(fault: str, status: int, code: str) -> None:
    def check(clients: Clients) -> None:
        keys = clients.credentials()
        assert clients.identity(keys) == code
        assert (clients.status, clients.noted) == (status, fault)
        clients.calm()
        assert clients.identity(keys) == "ok"

    CHECKS[fault] = check


sts_codes("sts:throttle", 400, "Throttling")
sts_codes("sts:code=ExpiredToken", 403, "ExpiredToken")
sts_codes("sts:500", 500, "InternalFailure")
sts_codes("sts:503", 503, "ServiceUnavailable")


# The wire: here the plan, on sockets in tests/server.

PLANS = {
    "conn:delay=2500ms": WirePlan(delay=2.5),
    "conn:slow=1500ms": WirePlan(delay=1.5),
    "conn:drip=2s": WirePlan(drip=2),
    "conn:hang": WirePlan(end=End.SILENCE),
    "conn:drop": WirePlan(end=End.SILENCE),
    "conn:reset": WirePlan(end=End.RESET),
    "conn:refuse": WirePlan(end=End.SILENCE),
    "conn:truncate": WirePlan(end=End.CUT),
    "conn:half-close": WirePlan(end=End.HALF_CLOSE),
}


@row(*PLANS)
def planned(clients: Clients) -> None:
    answer = clients.ecs()
    plan = PLANS[str(clients.noted)]
    assert answer.plan == plan
    assert clients.status == (200 if plan.answers else 0)
    assert clients.put().plan == plan
    clients.calm()
    assert usual(clients.ecs())


@row("conn:close-each", "conn:http10")
def closes(clients: Clients) -> None:
    answer = clients.ecs()
    assert answer.close
    assert header(answer, "connection") == "close"
    assert answer.version == ("HTTP/1.0" if clients.noted == "conn:http10" else "HTTP/1.1")


@row("conn:chunked")
def chunked(clients: Clients) -> None:
    answer = clients.ecs()
    assert header(answer, "content-length") is None
    assert header(answer, "transfer-encoding") == "chunked"
    assert answer.body.endswith(b"\r\n0\r\n\r\n")


# The clock, outages and rates.


@row("clock:skew=20m")
def skewed(clients: Clients) -> None:
    keys = clients.credentials()
    wrong = header(keys, "date")
    assert clients.identity(keys) == "SignatureDoesNotMatch"
    clients.calm()
    assert wrong != header(clients.credentials(), "date")
    assert clients.identity(keys) == "ok"


@row("clock:jump=7h")
def jumped(clients: Clients) -> None:
    clients.calm()
    old = clients.credentials()
    clients.arm("clock:jump=7h")
    new = clients.ecs()
    assert clients.scene.core.clock.shift == timedelta(hours=7)
    assert clients.identity(old) == "ExpiredToken"
    assert clients.identity(new) == "ok"
    assert clients.scene.core.clock.shift == timedelta(hours=7)  # once


@row("outage:500", "outage:503")
def outage(clients: Clients) -> None:
    status = clients.ecs().status
    assert clients.noted == f"outage:{status}"
    clients.calm()
    keys = clients.credentials()
    clients.arm(f"outage:{status}+2")
    assert [clients.ecs().status for _ in range(3)] == [200, 200, status]
    assert clients.put().status == clients.aws_lambda().status == status
    assert clients.identity(keys) == "ok"  # who has credentials goes on


@row("throttle:rate=5")
def throttled(clients: Clients) -> None:
    assert [clients.ecs().status for _ in range(6)] == [200] * 5 + [429]
    assert clients.put().status == 200
    clients.scene.clock.advance(timedelta(milliseconds=200))
    assert [clients.ecs().status for _ in range(2)] == [200, 429]


def test_the_listings_of_the_role_are_those_of_the_extended_path_too() -> None:
    clients = Clients()
    clients.arm("role:two")
    assert clients.read(f"{ROLES}-extended/").body == b"web\nother-role"


@pytest.mark.parametrize("fault", ["cred:life=60s", "cred:expired"])
def test_a_set_by_role_chaining_ends_as_truly_as_any(fault: str) -> None:
    clients = Clients()
    clients.arm(fault)
    document = clients.eks("chained")
    if fault == "cred:life=60s":
        assert clients.identity(document) == "ok"
        clients.scene.clock.advance(timedelta(seconds=60))
    assert clients.identity(document) == "ExpiredToken"
