"""The whole service without a socket: what a client is told, and what the journal keeps of it."""

from datetime import timedelta

import pytest

from imds_sim.kernel.clock import ManualClock
from imds_sim.kernel.exchange import Surface
from imds_sim.kernel.keys import ProcessKeys
from imds_sim.kernel.message import Defect, Headers, Request, Unreadable
from tests.simulator.scenes import Scene, over, scene_of

DEFAULT = "roles: {web: {}}\ninstances: {web-1: {role: web, id: i-0123456789abcdef0}}"
V1_OPEN = """
roles: {web: {}}
instances: {web-1: {role: web, metadata_options: {http_tokens: optional}}}
"""
REFUSING = """
roles: {web: {trust: none}}
instances: {web-1: {role: web, id: i-0123456789abcdef0}}
"""
ARN = b"<Arn>arn:aws:sts::111122223333:assumed-role/web/i-0123456789abcdef0</Arn>"


@pytest.fixture
def scene() -> Scene:
    return scene_of(DEFAULT)


def test_credentials_from_the_metadata_service_are_accepted_by_the_sts(scene: Scene) -> None:
    answer = scene.identity(scene.credentials())
    assert answer.status == 200
    assert ARN in answer.body


def test_a_changed_secret_is_refused(scene: Scene) -> None:
    keys = scene.credentials()
    keys["SecretAccessKey"] = keys["SecretAccessKey"].swapcase()
    answer = scene.identity(keys)
    assert (answer.status, b"SignatureDoesNotMatch" in answer.body) == (403, True)


def test_readers_of_v1_and_v2_have_different_sets_and_both_work() -> None:
    scene = scene_of(V1_OPEN)
    first, second = scene.credentials(v1=True), scene.credentials()
    assert first["AccessKeyId"] != second["AccessKeyId"]
    assert scene.identity(first).status == scene.identity(second).status == 200


def test_an_old_set_is_valid_to_its_own_expiry_after_a_refresh(scene: Scene) -> None:
    old = scene.credentials()
    scene.clock.advance(timedelta(hours=1))
    scene.core.tick()
    assert scene.credentials()["AccessKeyId"] != old["AccessKeyId"]
    assert scene.identity(old).status == 200
    scene.clock.advance(timedelta(hours=5, minutes=35) - timedelta(seconds=1))
    assert scene.identity(old).status == 200
    scene.clock.advance(timedelta(seconds=1))
    expired = scene.identity(old)
    assert (expired.status, b"<Code>ExpiredToken</Code>" in expired.body) == (403, True)


def test_sets_are_valid_after_a_restart_with_the_same_state_key(scene: Scene) -> None:
    restarted = scene_of(DEFAULT, scene.clock)
    old = scene.credentials()
    assert restarted.identity(old).status == 200


def test_a_refusing_trust_policy_is_served_as_aws_serves_it_and_heals_on_reload() -> None:
    scene = scene_of(REFUSING)
    refused = scene.credentials()
    assert refused["Code"] == "AssumeRoleUnauthorizedAccess"
    assert set(refused) == {"Code", "Message", "LastUpdated"}
    scene.core.swap(scene.world(DEFAULT))
    assert scene.credentials()["Code"] == "Success"


def test_a_reload_keeps_the_set_of_an_unchanged_role(scene: Scene) -> None:
    before = scene.credentials()
    scene.core.swap(scene.world(DEFAULT + "\ntasks: {api-1: {role: web}}"))
    assert scene.credentials() == before


def test_a_trust_policy_that_begins_to_refuse_is_seen_at_the_next_refresh(scene: Scene) -> None:
    before = scene.credentials()
    scene.core.swap(scene.world(REFUSING))
    assert scene.credentials() == before
    scene.clock.advance(timedelta(hours=1))
    scene.core.tick()
    assert scene.credentials()["Code"] == "AssumeRoleUnauthorizedAccess"


def test_a_role_that_is_deleted_and_recreated_does_not_revive_its_sessions(scene: Scene) -> None:
    old = scene.credentials()
    scene.core.swap(scene.world("roles: {other: {}}\ninstances: {web-1: {role: other}}"))
    gone = scene.identity(old)
    assert (gone.status, b"InvalidClientTokenId" in gone.body) == (403, True)
    scene.core.swap(scene.world(DEFAULT))
    assert b"InvalidClientTokenId" in scene.identity(old).body
    assert scene.identity(scene.credentials()).status == 200


def test_metadata_tokens_outlive_a_reload(scene: Scene) -> None:
    connection = over(Surface.IMDS)
    ttl = Headers([("X-aws-ec2-metadata-token-ttl-seconds", "60")])
    issued = scene.core.handle(connection, Request("PUT", "/latest/api/token", ttl))
    scene.core.swap(scene.world(DEFAULT))
    proof = Headers([("X-aws-ec2-metadata-token", issued.body.decode())])
    assert scene.core.handle(connection, Request("GET", "/", proof)).status == 200


def test_a_task_and_a_function_get_credentials_of_their_own_services() -> None:
    scene = scene_of(
        "roles: {api: {}, resize: {}}\n"
        "tasks: {api-1: {role: api, credentials_id: 16105516-51c7-41a2-ad8a-ba7411f309a0}}\n"
        "functions: {resize-1: {role: resize, snap_start: true, authorization_token: sesame}}\n"
    )
    path = "/v2/credentials/16105516-51c7-41a2-ad8a-ba7411f309a0"
    host = ("Host", "127.0.0.1:1340")
    task = scene.core.handle(over(Surface.ECS), Request("GET", path, Headers([host])))
    assert (task.status, b"role/api" in task.body) == (200, True)
    headers = Headers([host, ("Authorization", "sesame")])
    request = Request("GET", "/2021-04-23/credentials", headers)
    assert scene.core.handle(over(Surface.LAMBDA), request).status == 200
    assert [entry.workload for entry in scene.core.journal] == ["api-1", "resize-1"]


def test_the_journal_keeps_every_exchange_without_its_secrets(scene: Scene) -> None:
    keys = scene.credentials()
    scene.identity(keys)
    listed = list(scene.core.journal)
    assert [(e.surface, e.method, e.path, e.status) for e in listed] == [
        ("imds", "PUT", "/latest/api/token", 200),
        ("imds", "GET", "/latest/meta-data/iam/security-credentials/web", 200),
        ("sts", "POST", "/", 200),
    ]
    assert [e.access_key_id for e in listed] == [None, keys["AccessKeyId"], keys["AccessKeyId"]]
    assert [e.imds_version for e in listed] == [2, 2, None]
    assert [e.workload for e in listed] == ["web-1", "web-1", None]
    for secret in (keys["SecretAccessKey"], keys["Token"]):
        assert secret not in repr(listed)


@pytest.mark.parametrize("surface", list(Surface))
def test_bytes_that_are_no_request_are_answered_and_journalled(
    scene: Scene, surface: Surface
) -> None:
    response = scene.core.handle(over(surface), Unreadable(b"\x00", Defect.MALFORMED))
    assert (response.status, response.close) == (400, True)
    [entry] = scene.core.journal
    assert (entry.surface, entry.status, entry.method) == (surface, 400, "")


@pytest.mark.parametrize("surface", list(Surface))
def test_a_bug_is_answered_in_the_words_of_its_surface(scene: Scene, surface: Surface) -> None:
    response = scene.core.failed(over(surface), Request("GET", "/"))
    assert (response.status, response.close) == (500, True)
    assert [entry.status for entry in scene.core.journal] == [500]


def test_an_instances_own_listener_answers_as_it() -> None:
    scene = scene_of("roles: {web: {}}\ninstances: {a: {}, b: {id: i-0bbbbbbbbbbbbbbbb}}")
    assert scene.get("/latest/meta-data/instance-id", instance="b").body == b"i-0bbbbbbbbbbbbbbbb"


def test_whoever_is_nobody_is_refused_and_journalled_without_a_workload() -> None:
    scene = scene_of('roles: {web: {}}\ninstances: {a: {clients: ["10.0.0.0/8"]}}')
    refused = scene.get("/latest/meta-data/", v1=True)
    assert (refused.status, refused.body) == (403, b"")
    [entry] = scene.core.journal
    assert entry.workload is None


def test_five_hundred_workloads_hold_credentials_at_the_start_and_the_rest_follows() -> None:
    fleet = ", ".join(f"web-{number}: {{role: web}}" for number in range(501))
    scene = scene_of(f"roles: {{web: {{}}}}\ninstances: {{{fleet}}}")
    provider = scene.core.credentials
    assert sum(bool(provider.held(f"web-{number}")) for number in range(501)) == 500
    assert not scene.core.tick()
    assert sum(bool(provider.held(f"web-{number}")) for number in range(501)) == 501


def test_a_seed_makes_two_simulators_alike() -> None:
    first, second = scene_of(DEFAULT, ManualClock()), scene_of(DEFAULT, ManualClock())
    assert first.credentials() == second.credentials()


def test_a_moved_clock_ages_credentials_and_not_signatures(scene: Scene) -> None:
    old = scene.credentials()
    scene.core.advance(timedelta(hours=6, minutes=35))
    scene.core.tick()
    expired = scene.identity(old)  # signed by the client's clock, which has not moved
    assert (expired.status, b"<Code>ExpiredToken</Code>" in expired.body) == (403, True)
    assert scene.identity(scene.credentials()).status == 200


def dates(scene: Scene) -> list[str]:
    headers = scene.get("/latest/meta-data/instance-id").headers
    return [value for name, value in headers if name.lower() == "date"]


@pytest.mark.parametrize("by", [timedelta(days=-2), timedelta(days=2)])
def test_the_date_of_an_answer_is_the_clients(scene: Scene, by: timedelta) -> None:
    before = dates(scene)
    scene.core.advance(by)
    assert len(before) == 1
    assert dates(scene) == before


@pytest.mark.parametrize("reset", [False, True])
def test_a_clock_that_goes_back_leaves_no_set_from_the_future(scene: Scene, reset: bool) -> None:
    scene.core.advance(timedelta(hours=12))
    scene.core.tick()
    ahead = scene.credentials()
    if reset:
        scene.core.reset_clock()
    else:
        scene.core.advance(timedelta(hours=-12))
    assert not scene.core.tick()
    now = scene.credentials()
    assert now["Expiration"] < ahead["Expiration"]
    assert scene.identity(now).status == 200


def test_a_reset_forgets_requests_and_shift_and_mints_anew(scene: Scene) -> None:
    scene.core.advance(timedelta(hours=12))
    scene.core.tick()
    old = scene.credentials()
    assert scene.core.reset() == 1
    assert len(scene.core.journal) == 0
    assert scene.core.clock.now() == scene.core.clock.wall()
    new = scene.credentials()
    assert new["AccessKeyId"] != old["AccessKeyId"]
    assert new["Expiration"] < old["Expiration"]
    assert scene.identity(new).status == scene.identity(old).status == 200


def test_the_keys_of_identity_documents_outlive_a_reload_and_with_a_store_the_core() -> None:
    text = "instances: {web-1: {}}"
    store = ProcessKeys()
    scene = scene_of(text, keys=store)
    certificates = scene.core.certificates()
    scene.core.swap(scene.world(text))
    assert scene.core.certificates() == certificates
    assert scene_of(text, keys=store).core.certificates() == certificates
    assert scene_of(text).core.certificates() != certificates
