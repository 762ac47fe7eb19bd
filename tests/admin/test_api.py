import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from imds_sim.admin.api import AdminApi
from imds_sim.admin.backend import ReloadError, ReloadOutcome
from imds_sim.kernel.exchange import Surface
from imds_sim.sts.audit.alarms import AlarmRule
from tests.admin_backend import FakeBackend
from tests.worlds import ISSUED_AT, REFUSED

SECRETS = ("held secret", "held token", "open-sesame", "hers")


def ask(api: AdminApi, line: str, **query: str) -> Any:
    method, path = line.split()
    reply = api.handle(method, path, query)
    assert reply.status == 200, reply
    return json.loads(json.dumps(reply.document))


def test_the_status_tells_what_the_daemon_is_and_does(api: AdminApi) -> None:
    status = ask(api, "GET /v1/status")
    assert status["pid"] == 42
    assert status["version"]
    assert status["started_at"] == "2026-01-02T01:04:05Z"
    assert status["uptime_seconds"] == 7200
    assert status["ready"] is True
    assert status["config"] == "/etc/sim.yaml"
    assert status["generation"] == 2
    assert status["last_reload"] is None
    assert status["journal"] == {"size": 0, "capacity": 3, "last_number": 0}
    assert status["warnings"] == ["mind"]
    assert status["listeners"] == [
        {"surface": "imds", "instance": None, "url": "http://127.0.0.1:1338"},
        {"surface": "sts", "instance": None, "url": "http://127.0.0.1:1339"},
        {"surface": "ecs", "instance": None, "url": "http://127.0.0.1:1340"},
        {"surface": "lambda", "instance": None, "url": "http://127.0.0.1:1342"},
        {"surface": "imds", "instance": "web-2", "url": "http://169.254.169.254"},
        {"surface": "admin", "instance": None, "url": "unix:/run/imds-sim/admin.sock"},
        {"surface": "probes", "instance": None, "url": "http://127.0.0.1:9102"},
    ]


def test_each_workload_is_listed_with_what_it_holds(api: AdminApi) -> None:
    web_1, web_2, task, function = ask(api, "GET /v1/workloads")["workloads"]
    held = {
        "state": "held",
        "access_key_id": "ASIAHELD",
        "issued_at": "2026-01-02T03:04:05Z",
        "expires_at": "2026-01-02T09:04:05Z",
        "remaining_seconds": 21600,
        "refresh_due_at": "2026-01-02T04:04:05Z",
    }
    assert web_1 == {
        "name": "web-1",
        "kind": "instance",
        "id": "i-web-1",
        "arn": "arn:aws:ec2:us-east-1:111122223333:instance/i-web-1",
        "role_arn": "arn:aws:iam::111122223333:role/web",
        "role_session_name": "i-web-1",
        "credentials": {"imds_v2": held},
        "counters": {"MetadataNoToken": 0, "MetadataNoTokenRejected": 0},
    }
    assert web_2["role_arn"] is None
    assert web_2["credentials"] == {}
    assert (task["kind"], task["credentials"]) == ("task", {"execution": held, "container": held})
    assert (function["kind"], function["id"]) == ("function", None)


def test_a_refusal_is_told_in_its_words(api: AdminApi, backend: FakeBackend) -> None:
    backend.core.credentials.value = REFUSED
    web_1 = ask(api, "GET /v1/workloads")["workloads"][0]
    assert web_1["credentials"]["imds_v2"] == {
        "state": "refused",
        "code": "AssumeRoleUnauthorizedAccess",
        "message": "the trust policy says no",
        "refresh_due_at": "2026-01-02T04:04:05Z",
    }


def test_what_is_not_minted_yet_is_none(api: AdminApi, backend: FakeBackend) -> None:
    backend.core.credentials.value = None
    web_1 = ask(api, "GET /v1/workloads")["workloads"][0]
    assert web_1["credentials"]["imds_v2"] == {"state": "none"}


def test_expired_credentials_have_less_than_nothing_left(
    api: AdminApi, backend: FakeBackend
) -> None:
    backend.core.clock.advance(timedelta(hours=6, seconds=5))
    web_1 = ask(api, "GET /v1/workloads")["workloads"][0]
    assert web_1["credentials"]["imds_v2"]["remaining_seconds"] == -5


def test_showing_mints_nothing(api: AdminApi, backend: FakeBackend) -> None:
    ask(api, "GET /v1/status")
    assert backend.core.credentials.asked == []


def test_only_the_environment_hands_over_secrets(
    api: AdminApi, record: Callable[..., None]
) -> None:
    record("/latest/meta-data/")
    for line in ("GET /v1/status", "GET /v1/workloads", "GET /v1/journal", "POST /v1/rotate"):
        shown = json.dumps(ask(api, line))
        assert not [secret for secret in SECRETS if secret in shown]
    assert "open-sesame" in json.dumps(ask(api, "GET /v1/environment", **{"as": "resize"}))


def test_an_environment_names_whom_it_is_for(api: AdminApi) -> None:
    default = ask(api, "GET /v1/environment")
    assert (default["as"], default["kind"]) == ("web-1", "instance")
    assert default["set"]["AWS_EC2_METADATA_SERVICE_ENDPOINT"] == "http://127.0.0.1:1338"
    assert "AWS_PROFILE" in default["unset"]
    alice = ask(api, "GET /v1/environment", **{"as": "user/alice"})
    assert (alice["as"], alice["kind"]) == ("user/alice", "user")
    assert alice["set"]["AWS_ACCESS_KEY_ID"] == "AKIAALICE"


def test_journal_entries_come_oldest_first_with_every_field(
    api: AdminApi, record: Callable[..., None]
) -> None:
    record("/a")
    record("/b", surface="ecs", workload=None)
    journal = ask(api, "GET /v1/journal")
    assert journal["last_number"] == 2
    assert journal["entries"][0] == {
        "number": 1,
        "time": "2026-01-02T03:04:05.000Z",
        "surface": "imds",
        "workload": "web-1",
        "client": "127.0.0.1",
        "user_agent": "curl/8",
        "method": "GET",
        "path": "/a",
        "status": 200,
        "imds_version": 2,
        "fault": None,
        "access_key_id": "ASIAHELD",
        "duration_seconds": 0.0015,
        "detail": None,
        "local": None,
        "response_bytes": 0,
        "expires_at": "2026-01-02T09:04:05Z",
        "hops": None,
    }
    assert [entry["path"] for entry in journal["entries"]] == ["/a", "/b"]


@pytest.mark.parametrize(
    ("query", "paths"),
    [
        ({"after": "0"}, ["/a", "/b"]),
        ({"after": "1"}, ["/b"]),
        ({"after": "2"}, []),
        ({"as": "web-1"}, ["/a"]),
        ({"surface": "ecs"}, ["/b"]),
        ({"surface": "sts"}, []),
    ],
)
def test_the_journal_is_asked_for_a_part(
    api: AdminApi, record: Callable[..., None], query: dict[str, str], paths: list[str]
) -> None:
    record("/a")
    record("/b", surface="ecs", workload=None)
    entries = ask(api, "GET /v1/journal", **query)["entries"]
    assert [entry["path"] for entry in entries] == paths


def test_a_cleared_journal_counts_on(api: AdminApi, record: Callable[..., None]) -> None:
    record("/a")
    assert ask(api, "DELETE /v1/journal") == {"cleared": 1, "last_number": 1}
    record("/b")
    assert [entry["number"] for entry in ask(api, "GET /v1/journal")["entries"]] == [2]


@pytest.mark.parametrize(
    ("name", "sets", "shown"),
    [(None, 4, ["web-1", "web-2", "api", "resize"]), ("web-1", 1, ["web-1"])],
)
def test_rotation_shows_what_is_held_afterwards(
    api: AdminApi, name: str | None, sets: int, shown: list[str]
) -> None:
    document = ask(api, "POST /v1/rotate", **({"as": name} if name else {}))
    assert document["sets"] == sets
    assert [each["name"] for each in document["workloads"]] == shown


@pytest.mark.parametrize("ready", [True, False])
def test_ready_means_everything_is_bound_and_minted(backend: FakeBackend, ready: bool) -> None:
    backend.process = replace(backend.process, ready=ready)
    api = AdminApi(backend)
    assert api.handle("GET", "/healthz", {}).status == 200
    reply = api.handle("GET", "/readyz", {})
    assert (reply.status, reply.document) == (200 if ready else 503, {"ready": ready})


@pytest.mark.parametrize(
    ("line", "query", "status", "code"),
    [
        ("GET /v1/nothing", {}, 404, "NotFound"),
        ("GET /", {}, 404, "NotFound"),
        ("GET /metrics", {}, 404, "NotFound"),
        ("POST /v1/status", {}, 405, "MethodNotAllowed"),
        ("GET /v1/reload", {}, 405, "MethodNotAllowed"),
        ("GET /v1/status", {"watch": "1"}, 400, "InvalidQuery"),
        ("GET /v1/journal", {"after": "-1"}, 400, "InvalidQuery"),
        ("GET /v1/journal", {"after": "x"}, 400, "InvalidQuery"),
        ("GET /v1/journal", {"after": "9" * 19}, 400, "InvalidQuery"),
        ("GET /v1/journal", {"surface": "s3"}, 400, "InvalidQuery"),
        ("GET /v1/environment", {"as": "web-9"}, 404, "WorkloadUnknown"),
        ("GET /v1/environment", {"as": "user/bob"}, 404, "WorkloadUnknown"),
        ("GET /v1/journal", {"as": "web-9"}, 404, "WorkloadUnknown"),
        ("POST /v1/rotate", {"as": "web-9"}, 404, "WorkloadUnknown"),
        ("POST /v1/restore", {"as": "web-9"}, 404, "WorkloadUnknown"),
        ("POST /v1/restore", {"as": "web-1"}, 400, "NotRestorable"),
        ("POST /v1/restore", {}, 404, "WorkloadUnknown"),
    ],
)
def test_what_cannot_be_answered_is_an_error_with_code_and_message(
    api: AdminApi, line: str, query: dict[str, str], status: int, code: str
) -> None:
    method, path = line.split()
    reply = api.handle(method, path, query)
    assert reply.status == status
    error = reply.document["error"]
    assert isinstance(error, dict)
    assert error["code"] == code
    assert error["message"]


def test_an_environment_that_cannot_be_is_a_conflict(api: AdminApi, backend: FakeBackend) -> None:
    backend.off = Surface.ECS
    reply = api.handle("GET", "/v1/environment", {"as": "api"})
    assert reply.status == 409
    assert "listen.ecs" in json.dumps(reply.document)


def test_a_wrong_method_is_told_the_right_ones(api: AdminApi) -> None:
    assert api.handle("PUT", "/v1/journal", {}).allow == ("GET", "DELETE")
    assert api.handle("GET", "/v1/reload", {}).allow == ("POST",)


def test_head_is_answered_as_get(api: AdminApi) -> None:
    assert api.handle("HEAD", "/healthz", {}) == api.handle("GET", "/healthz", {})


def test_a_reload_that_took_effect_tells_what_changed(api: AdminApi) -> None:
    reply = api.reloaded(ReloadOutcome(ISSUED_AT, 3, ("role web added",), ("mind",)))
    assert reply.status == 200
    assert reply.document == {
        "ok": True,
        "at": "2026-01-02T03:04:05Z",
        "generation": 3,
        "changes": ["role web added"],
        "warnings": ["mind"],
        "code": None,
        "errors": [],
    }


@pytest.mark.parametrize(
    ("code", "status"),
    [("ConfigInvalid", 422), ("ConfigNotReadable", 422), ("CannotBind", 409), ("Odd", 500)],
)
def test_a_reload_that_failed_gives_every_error(api: AdminApi, code: str, status: int) -> None:
    errors = tuple(
        ReloadError("a.yaml", line, 1, "roles", "wrong", f"a.yaml:{line}:1: roles: wrong")
        for line in (1, 2)
    )
    reply = api.reloaded(ReloadOutcome(ISSUED_AT, 2, code=code, errors=errors))
    assert reply.status == status
    assert reply.document["error"] == {
        "code": code,
        "message": "a.yaml:1:1: roles: wrong\na.yaml:2:1: roles: wrong",
    }
    assert json.loads(json.dumps(reply.document))["reload"]["errors"][1]["line"] == 2


def test_the_last_reload_stays_in_the_status(api: AdminApi, backend: FakeBackend) -> None:
    outcome = ReloadOutcome(ISSUED_AT, 2, code="ConfigInvalid")
    backend.process = replace(backend.process, last_reload=outcome)
    assert ask(api, "GET /v1/status")["last_reload"]["ok"] is False


def test_the_audit_is_asked_for_by_number_and_emptied(api: AdminApi, backend: FakeBackend) -> None:
    for name in ("AssumeRole", "GetCallerIdentity"):
        backend.core.audit.keep([{"eventName": name}], backend.core.clock.now())
    told = ask(api, "GET /v1/audit", after="1")
    assert told == {
        "records": [{"eventName": "GetCallerIdentity"}],
        "size": 2,
        "capacity": 10_000,
        "last_number": 2,
    }
    assert ask(api, "DELETE /v1/audit") == {"cleared": 2, "last_number": 2}
    assert ask(api, "GET /v1/audit")["records"] == []


@pytest.mark.parametrize("after", ["-1", "x", "1" * 19])
def test_an_audit_after_no_number_is_refused(api: AdminApi, after: str) -> None:
    assert api.handle("GET", "/v1/audit", {"after": after}).status == 400


def test_the_status_counts_what_files_got_and_what_they_lost(api: AdminApi) -> None:
    status = ask(api, "GET /v1/status")
    assert status["audit"] == {"size": 0, "capacity": 10_000, "last_number": 0}
    assert status["files"] == [{"path": "/var/log/imds-sim/audit.jsonl", "written": 7, "lost": 1}]


def test_the_status_shows_alarms_with_their_state(api: AdminApi, backend: FakeBackend) -> None:
    core = backend.core
    core.alarms.adopt([AlarmRule("refused", error_code="AccessDenied"), AlarmRule("quiet")])
    record = {"eventName": "AssumeRole", "errorCode": "AccessDenied", "sourceIPAddress": "::1"}
    core.alarms.observe({**record, "userIdentity": {}}, core.clock.now())
    core.alarms.adopt([AlarmRule("refused", error_code="AccessDenied"), AlarmRule("other")])
    assert ask(api, "GET /v1/status")["alarms"] == [
        {"name": "refused", "state": "ALARM", "since": "2026-01-02T03:04:05Z"},
        {"name": "other", "state": "OK", "since": None},
    ]
