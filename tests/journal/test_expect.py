from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from imds_sim.journal.entry import Entry
from imds_sim.journal.expect import Expect, Mismatch

START = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
ROLES = "/latest/meta-data/iam/security-credentials/"
TOKEN = "PUT /latest/api/token"
HOUR = timedelta(hours=1)


def entries(*asked: str, version: int = 2, every: timedelta = HOUR) -> list[Entry]:
    made = []
    for number, line in enumerate(asked, 1):
        method, path = line.split(" ")
        surface = "sts" if path == "/" else "imds"
        issues = path.endswith("token")
        made.append(
            Entry(
                number,
                START + (number - 1) * every,
                surface,
                "web-1",
                "127.0.0.1",
                None,
                method,
                path,
                200,
                None if surface == "sts" else 2 if issues else version,
                None,
                None,
                timedelta(0),
            )
        )
    return made


ONE_FETCH = (TOKEN, f"GET {ROLES}", f"GET {ROLES}web")


def expect(*asked: str) -> Expect:
    return Expect.of(entries(*asked))


def test_a_sequence_is_exact() -> None:
    expect(*ONE_FETCH).sequence("token", "role", "cred").sequence(*ONE_FETCH)
    for wrong in (("token", "role"), ("role", "token", "cred"), ("token", "role", "cred", "cred")):
        with pytest.raises(Mismatch, match="expected exactly"):
            expect(*ONE_FETCH).sequence(*wrong)


def test_an_order_may_have_others_between() -> None:
    expect(*ONE_FETCH).in_order("token", "cred")
    with pytest.raises(Mismatch, match="token did not follow"):
        expect(*ONE_FETCH).in_order("cred", "token")


def test_only_and_nothing_reached_see_what_is_strange() -> None:
    expect(*ONE_FETCH).only("token", "role", "cred").nothing_reached("sts")
    with pytest.raises(Mismatch, match=r"(?m)^> 4 .* sts"):
        expect(*ONE_FETCH, "POST /").only("imds")
    with pytest.raises(Mismatch, match="nothing to reach imds"):
        expect(*ONE_FETCH).nothing_reached("imds")


@pytest.mark.parametrize(("times", "right"), [(1, False), (2, True), (3, False)])
def test_a_count_is_exact(times: int, right: bool) -> None:
    subject = expect(TOKEN, TOKEN, "POST /")
    if right:
        subject.count("token", times)
    else:
        with pytest.raises(Mismatch, match=f"expected token {times} times, it was asked 2 times"):
            subject.count("token", times)


def test_a_read_without_token_is_v1() -> None:
    expect(*ONE_FETCH).no_v1()
    with pytest.raises(Mismatch, match="no IMDSv1"):
        Expect.of(entries(*ONE_FETCH, version=1)).no_v1()


def test_a_token_is_reused_until_the_next_one_is_issued() -> None:
    expect(*ONE_FETCH).token_reused(at_least=2)
    with pytest.raises(Mismatch, match="the most was 1"):
        expect(TOKEN, f"GET {ROLES}", TOKEN, f"GET {ROLES}web").token_reused()


@pytest.mark.parametrize(("life", "early"), [(61, True), (60, False)])
def test_a_refresh_comes_before_the_end_of_the_set(life: int, early: bool) -> None:
    subject = expect(f"GET {ROLES}web", f"GET {ROLES}web")  # an hour apart
    of, at_least = timedelta(minutes=life), timedelta(minutes=1)
    if early:
        subject.refreshed_before_expiry(of, at_least)
    else:
        with pytest.raises(Mismatch, match="before expiry"):
            subject.refreshed_before_expiry(of, at_least)


def fetches(life: timedelta | None, *places: tuple[str, str, str]) -> list[Entry]:
    """A fetch from each place (surface, workload, path) in turn, an hour apart."""
    made = entries(*(f"GET {path}" for _, _, path in places))
    return [
        replace(
            entry,
            surface=surface,
            workload=workload,
            expires_at=None if life is None else entry.time + life,
        )
        for entry, (surface, workload, _) in zip(made, places, strict=True)
    ]


PLACES = [
    ("imds", "web-1", f"{ROLES}web"),
    ("ecs", "api-1", "/v2/credentials/16105516-51c7-41a2-ad8a-ba7411f309a0"),
    ("ecs", "api-1", "/v1/credentials?id=16105516-51c7-41a2-ad8a-ba7411f309a0"),
    ("ecs", "", "/role/web"),
    ("eks", "pod-1", "/v1/credentials"),
    ("lambda", "resize-1", "/2021-04-23/credentials"),
    ("generic", "/keys", "/keys"),
]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(("left", "early"), [(60, True), (59, False)])
def test_the_journal_knows_when_what_was_handed_out_ends(
    place: tuple[str, str, str], left: int, early: bool
) -> None:
    subject = Expect.of(fetches(HOUR + timedelta(seconds=left), place, place))
    if early:
        subject.refreshed_before_expiry(at_least=timedelta(minutes=1))
    else:
        with pytest.raises(
            Mismatch, match=r"(?ms)0:01:00 before expiry, it came 0:00:59 before it.*^> 2 "
        ):
            subject.refreshed_before_expiry(at_least=timedelta(minutes=1))


def test_a_refresh_at_the_very_end_is_none() -> None:
    Expect.of(fetches(HOUR + timedelta(seconds=1), PLACES[0], PLACES[0])).refreshed_before_expiry()
    with pytest.raises(Mismatch, match="it came 0:00:00 after it"):
        Expect.of(fetches(HOUR, PLACES[0], PLACES[0])).refreshed_before_expiry()


def test_workloads_are_judged_each_by_its_own_sets() -> None:
    one, other = PLACES[0], ("imds", "web-2", f"{ROLES}web")
    with pytest.raises(Mismatch, match="it came 0:30:00 after it"):
        Expect.of(fetches(1.5 * HOUR, one, other, one)).refreshed_before_expiry()
    Expect.of(fetches(1.5 * HOUR, one, one, other)).refreshed_before_expiry()


def test_an_answer_without_credentials_is_no_fetch() -> None:
    refused = fetches(None, PLACES[0], PLACES[0])  # 200, and the code says that there are none
    with pytest.raises(Mismatch, match="fetched again"):
        Expect.of(refused).refreshed_before_expiry()


@pytest.mark.parametrize(
    ("surface", "path"),
    [
        ("ecs", "/v4/0f0f0f0f-2a4f-4b1a-9d5c-0e8f6d3c2b1a/task"),
        ("eks", "/"),
        ("lambda", "/2026-01-15/metadata/execution-environment"),
        ("generic", "/latest/api/token"),
    ],
)
def test_what_else_a_surface_has_is_no_credentials_request(surface: str, path: str) -> None:
    Expect.of(fetches(None, (surface, "x", path))).count("cred", 0).count(surface, 1)


def test_one_fetch_proves_no_refresh() -> None:
    with pytest.raises(Mismatch, match="fetched again"):
        expect(*ONE_FETCH).refreshed_before_expiry(HOUR, timedelta(0))
    with pytest.raises(Mismatch, match="fetched again"):
        Expect.of(fetches(HOUR, PLACES[0])).refreshed_before_expiry()


def test_repeated_slashes_are_one() -> None:
    expect("PUT //latest/api/token").sequence("token").sequence(TOKEN)


def test_a_name_that_means_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="names no request"):
        expect(*ONE_FETCH).count("tokens", 0)


def test_the_failure_shows_what_was_asked_and_steers_no_terminal() -> None:
    with pytest.raises(Mismatch) as failure:
        expect(TOKEN, "GET /\x1b[2J").sequence()
    lines = str(failure.value).splitlines()
    assert lines[:2] == ["expected exactly: nothing", "asked was:"]
    assert lines[3].split() == ["1", "+0.000s", "imds", *TOKEN.split(), "200", "v2"]
    assert "\x1b" not in str(failure.value)
