from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from imds_sim.journal.entry import Entry
from imds_sim.journal.expect import Expect, Mismatch
from imds_sim.kernel.exchange import Surface

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


@pytest.mark.parametrize(
    ("wrong", "told", "marked"),
    [
        (("token", "role"), "no. 3 is one too many", "3"),
        (("role", "token", "cred"), "no. 1 is not role", "1"),
        (("token", "role", "sts", "cred"), "no. 3 is not sts", "3"),
        (("token", "role", "cred", "sts"), "sts did not follow", None),
    ],
)
def test_the_first_request_that_differs_from_a_sequence_is_marked(
    wrong: tuple[str, ...], told: str, marked: str | None
) -> None:
    with pytest.raises(Mismatch) as failure:
        expect(*ONE_FETCH).sequence(*wrong)
    sentence, *lines = str(failure.value).splitlines()
    assert sentence == f"expected exactly: {', '.join(wrong)}; {told}"
    assert [line.split()[1] for line in lines if line.startswith(">")] == (
        [marked] if marked else []
    )


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


@pytest.mark.parametrize(
    ("name", "times", "told"),
    [
        ("token", 1, "expected token 1 time, it was asked 2 times"),
        ("token", 2, None),
        ("token", 3, "expected token 3 times, it was asked 2 times"),
        ("sts", 0, "expected sts 0 times, it was asked 1 time"),
        ("sts", 1, None),
    ],
)
def test_a_count_is_exact(name: str, times: int, told: str | None) -> None:
    subject = expect(TOKEN, TOKEN, "POST /")
    if told is None:
        subject.count(name, times)
    else:
        with pytest.raises(Mismatch, match=f"^{told}\n"):
            subject.count(name, times)


def test_a_read_without_token_is_v1() -> None:
    expect(*ONE_FETCH).no_v1()
    with pytest.raises(Mismatch, match="no IMDSv1"):
        Expect.of(entries(*ONE_FETCH, version=1)).no_v1()


def test_a_token_is_reused_until_the_next_one_is_issued() -> None:
    expect(*ONE_FETCH).token_reused(at_least=2)
    with pytest.raises(Mismatch, match="the most was 1"):
        expect(TOKEN, f"GET {ROLES}", TOKEN, f"GET {ROLES}web").token_reused()
    with pytest.raises(Mismatch, match="serve 1 read, the most was 0"):
        expect(TOKEN).token_reused(at_least=1)


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


@pytest.mark.parametrize("asked", [(), ONE_FETCH], ids=["nothing", "something"])
@pytest.mark.parametrize(
    "say",
    [
        lambda subject: subject.sequence("tokens"),
        lambda subject: subject.sequence(["token", "role", "cred"]),
        lambda subject: subject.in_order("token", "tokens"),
        lambda subject: subject.only("token", "role", "cred", "tokens"),
        lambda subject: subject.count("tokens", 0),
        lambda subject: subject.count("PUT latest/api/token", 0),
        lambda subject: subject.count(" /latest/api/token", 0),
        lambda subject: subject.count(None, 0),
    ],
)
def test_a_name_that_means_nothing_is_refused_whatever_was_asked(
    asked: tuple[str, ...], say: Callable[[Expect], Expect]
) -> None:
    with pytest.raises(ValueError, match=r"names no request: token, role, cred, a surface \(imds,"):
        say(expect(*asked))


@pytest.mark.parametrize("wrong", ["imsd", "token", "", ["imds"]])
def test_a_misspelt_surface_is_refused(wrong: str) -> None:
    for say in (expect(*ONE_FETCH).on, expect(*ONE_FETCH).nothing_reached):
        with pytest.raises(ValueError, match="names no surface: imds, ecs, eks, "):
            say(wrong)


@pytest.mark.parametrize("surface", list(Surface))
def test_every_surface_has_its_name(surface: str) -> None:
    subject = Expect.of(fetches(None, (surface, "x", "/")))
    subject.sequence(surface).on(surface).count(surface, 1)
    with pytest.raises(Mismatch, match=f"nothing to reach {surface}"):
        subject.nothing_reached(surface)


def test_a_request_for_the_server_itself_has_a_name_too() -> None:
    expect("OPTIONS *").sequence("OPTIONS *").count("OPTIONS /", 0)


@pytest.mark.parametrize("wrong", [{"of": 5}, {"at_least": 5}, {"at_least": None}])
def test_a_time_that_is_none_is_told(wrong: dict[str, timedelta]) -> None:
    with pytest.raises(TypeError, match=f"^{next(iter(wrong))} must be a timedelta, "):
        expect().refreshed_before_expiry(**wrong)


def test_the_failure_shows_what_was_asked_and_steers_no_terminal() -> None:
    with pytest.raises(Mismatch) as failure:
        expect(TOKEN, "GET /\x1b[2J").sequence()
    lines = str(failure.value).splitlines()
    assert lines[:2] == ["expected exactly: nothing; no. 1 is one too many", "asked was:"]
    assert lines[3].split() == [">", "1", "+0.000s", "imds", *TOKEN.split(), "200", "v2"]
    assert "\x1b" not in str(failure.value)
