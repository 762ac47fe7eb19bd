from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from imds_sim.credentials.provider import CredentialSet, Delivery, Refused
from imds_sim.credentials.refresh import BATCH, Minting, RefreshingProvider
from imds_sim.credentials.schedule import RefreshPolicy
from imds_sim.kernel.clock import ManualClock
from imds_sim.kernel.secret import Secret
from imds_sim.workloads.instance import Instance, InstanceProfile, MetadataOptions
from imds_sim.workloads.role import AttachedRole
from imds_sim.workloads.task import Task
from imds_sim.workloads.workload import Workload

MakeInstance = Callable[..., Instance]
ROLE = AttachedRole("web", "arn:aws:iam::111122223333:role/web")
PROFILE = InstanceProfile("arn:aws:iam::111122223333:instance-profile/web", "AIPA", ROLE)
POLICY = RefreshPolicy(timedelta(hours=1), timedelta(minutes=20))
V1_OPEN = MetadataOptions(http_tokens_required=False)


@dataclass
class Mint:
    """Numbers what it mints, and refuses while told to."""

    clock: ManualClock
    refuses: bool = False
    minted: list[tuple[str, Delivery]] = field(default_factory=list)

    def __call__(
        self, workload: Workload, role: AttachedRole, delivery: Delivery
    ) -> CredentialSet | Refused:
        self.minted.append((workload.name, delivery))
        now = self.clock.now()
        if self.refuses:
            return Refused(role.name, "AssumeRoleUnauthorizedAccess", "no", now)
        number = len(self.minted)
        return CredentialSet(
            role_arn=role.arn,
            account=workload.account,
            access_key_id=f"ASIA{number}",
            secret_access_key=Secret(f"secret {number}"),
            session_token=Secret(f"token {number}"),
            issued_at=now,
            expires_at=now + workload.lifetime,
        )


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def mint(clock: ManualClock) -> Mint:
    return Mint(clock)


def minting(mint: Mint, unique_id: str = "AROA1") -> Minting:
    return Minting(mint, POLICY, {ROLE.arn: unique_id})


def key_id(provider: RefreshingProvider, name: str, way: Delivery = Delivery.IMDS_V2) -> str:
    held = provider.current(name, way)
    assert isinstance(held, CredentialSet)
    return held.access_key_id


def test_every_reader_gets_the_same_set_until_the_refresh(
    make_instance: MakeInstance, clock: ManualClock, mint: Mint
) -> None:
    provider = RefreshingProvider(clock, minting(mint), [make_instance("a", profile=PROFILE)])
    first = key_id(provider, "a")
    clock.advance(timedelta(minutes=53))
    assert not provider.tick()
    assert key_id(provider, "a") == first
    clock.advance(timedelta(minutes=7))
    provider.tick()
    assert key_id(provider, "a") != first


def test_a_tick_at_the_start_mints_for_every_workload_that_has_a_role(
    make_instance: MakeInstance, clock: ManualClock, mint: Mint, task: Task
) -> None:
    workloads: list[Workload] = [make_instance("bare"), make_instance("web", profile=PROFILE), task]
    provider = RefreshingProvider(clock, minting(mint), workloads)
    provider.tick()
    assert sorted(mint.minted) == [
        ("api", Delivery.CONTAINER),
        ("api", Delivery.EXECUTION),
        ("web", Delivery.IMDS_V2),
    ]
    assert provider.current("bare", Delivery.IMDS_V2) is None
    assert provider.current("nobody", Delivery.IMDS_V2) is None


def test_readers_of_imdsv1_get_a_set_of_their_own_where_v1_is_open(
    make_instance: MakeInstance, clock: ManualClock, mint: Mint
) -> None:
    instance = make_instance("a", profile=PROFILE, options=V1_OPEN)
    provider = RefreshingProvider(clock, minting(mint), [instance])
    provider.tick()
    assert key_id(provider, "a", Delivery.IMDS_V1) != key_id(provider, "a", Delivery.IMDS_V2)
    assert len(mint.minted) == 2


def test_a_tick_mints_a_bounded_batch_and_says_that_more_is_due(
    make_instance: MakeInstance, clock: ManualClock, mint: Mint
) -> None:
    fleet = [make_instance(f"web-{number}", profile=PROFILE) for number in range(2 * BATCH + 1)]
    provider = RefreshingProvider(clock, minting(mint), fleet)
    assert [provider.tick(), len(mint.minted)] == [True, BATCH]
    assert [provider.tick(), len(mint.minted)] == [True, 2 * BATCH]
    assert [provider.tick(), len(mint.minted)] == [False, 2 * BATCH + 1]
    assert [provider.tick(), len(mint.minted)] == [False, 2 * BATCH + 1]


def test_a_set_that_was_read_before_its_first_tick_is_not_minted_twice(
    make_instance: MakeInstance, clock: ManualClock, mint: Mint
) -> None:
    provider = RefreshingProvider(clock, minting(mint), [make_instance("a", profile=PROFILE)])
    first = key_id(provider, "a")
    clock.advance(timedelta(seconds=1))
    provider.tick()
    assert key_id(provider, "a") == first
    assert len(mint.minted) == 1


@pytest.mark.parametrize(
    ("age", "renewed"),
    [
        pytest.param(timedelta(hours=6, minutes=34, seconds=59), False, id="one second left"),
        pytest.param(timedelta(hours=6, minutes=35), True, id="just expired"),
    ],
)
def test_a_reader_is_never_given_an_expired_set_though_no_tick_came(
    make_instance: MakeInstance, clock: ManualClock, mint: Mint, age: timedelta, renewed: bool
) -> None:
    provider = RefreshingProvider(clock, minting(mint), [make_instance("a", profile=PROFILE)])
    first = key_id(provider, "a")
    clock.advance(age)
    assert (key_id(provider, "a") != first) is renewed


def test_after_a_jump_of_the_clock_everything_is_due_and_settles(
    make_instance: MakeInstance, clock: ManualClock, mint: Mint
) -> None:
    fleet = [make_instance(f"web-{number}", profile=PROFILE) for number in range(20)]
    provider = RefreshingProvider(clock, minting(mint), fleet)
    provider.tick()
    clock.advance(timedelta(days=2))
    assert [provider.tick(), len(mint.minted)] == [False, 40]
    assert [provider.tick(), len(mint.minted)] == [False, 40]


def test_a_refusal_stays_until_the_next_refresh_and_then_heals(
    make_instance: MakeInstance, clock: ManualClock, mint: Mint
) -> None:
    mint.refuses = True
    provider = RefreshingProvider(clock, minting(mint), [make_instance("a", profile=PROFILE)])
    assert isinstance(provider.current("a", Delivery.IMDS_V2), Refused)
    mint.refuses = False
    assert isinstance(provider.current("a", Delivery.IMDS_V2), Refused)
    clock.advance(timedelta(hours=1))
    provider.tick()
    assert isinstance(provider.current("a", Delivery.IMDS_V2), CredentialSet)


def test_a_refusal_heals_at_once_when_another_world_is_adopted(
    make_instance: MakeInstance, clock: ManualClock, mint: Mint
) -> None:
    mint.refuses = True
    instance = make_instance("a", profile=PROFILE)
    provider = RefreshingProvider(clock, minting(mint), [instance])
    provider.tick()
    mint.refuses = False
    provider.adopt(minting(mint), [instance])
    assert isinstance(provider.current("a", Delivery.IMDS_V2), CredentialSet)


def test_a_reload_that_changes_nothing_of_a_workload_keeps_its_set(
    make_instance: MakeInstance, clock: ManualClock, mint: Mint
) -> None:
    instance = make_instance("a", profile=PROFILE)
    provider = RefreshingProvider(clock, minting(mint), [instance])
    first = key_id(provider, "a")
    provider.adopt(minting(mint), [replace(instance, user_data=b"new"), make_instance("b")])
    assert key_id(provider, "a") == first


@pytest.mark.parametrize("change", ["role", "lifetime", "id", "address", "recreated role"])
def test_a_reload_that_changes_what_was_minted_owes_a_new_set(
    make_instance: MakeInstance, clock: ManualClock, mint: Mint, change: str
) -> None:
    instance = make_instance("a", profile=PROFILE)
    provider = RefreshingProvider(clock, minting(mint), [instance])
    first = key_id(provider, "a")
    other = AttachedRole("ops", "arn:aws:iam::111122223333:role/ops")
    after = {
        "role": replace(instance, profile=replace(PROFILE, role=other)),
        "lifetime": replace(instance, lifetime=timedelta(hours=2)),
        "id": replace(instance, id="i-other"),
        "address": replace(
            instance,
            interfaces=(replace(instance.interfaces[0], vpc_id="vpc-0b"),),
        ),
        "recreated role": instance,
    }[change]
    unique_id = "AROA2" if change == "recreated role" else "AROA1"
    provider.adopt(minting(mint, unique_id), [after])
    assert key_id(provider, "a") != first


def test_a_workload_that_left_the_world_is_given_nothing(
    make_instance: MakeInstance, clock: ManualClock, mint: Mint
) -> None:
    provider = RefreshingProvider(clock, minting(mint), [make_instance("a", profile=PROFILE)])
    provider.tick()
    provider.adopt(minting(mint), [])
    assert provider.current("a", Delivery.IMDS_V2) is None
    assert provider.held("a") == {}


def test_a_rotation_mints_anew_for_one_workload_or_for_all(
    make_instance: MakeInstance, clock: ManualClock, mint: Mint
) -> None:
    fleet = [make_instance(name, profile=PROFILE) for name in ("a", "b")] + [make_instance("bare")]
    provider = RefreshingProvider(clock, minting(mint), fleet)
    provider.tick()
    before = key_id(provider, "a"), key_id(provider, "b")
    assert provider.rotate("a") == 1
    assert key_id(provider, "a") != before[0]
    assert key_id(provider, "b") == before[1]
    assert provider.rotate() == 2
    assert key_id(provider, "b") != before[1]


def test_ten_thousand_rotations_leave_memory_flat(
    make_instance: MakeInstance, clock: ManualClock, mint: Mint
) -> None:
    provider = RefreshingProvider(clock, minting(mint), [make_instance("a", profile=PROFILE)])
    for _ in range(10_000):
        provider.rotate()
    assert len(provider._due) < 1000
    clock.advance(timedelta(hours=1))
    provider.tick()
    assert len(mint.minted) == 10_001


def test_a_clock_that_is_set_back_does_not_end_the_refreshing(
    make_instance: MakeInstance, clock: ManualClock, mint: Mint
) -> None:
    hour = timedelta(hours=1)
    provider = RefreshingProvider(clock, minting(mint), [make_instance("a", profile=PROFILE)])
    provider.tick()
    for step in (-hour, hour, -hour, -hour):
        before = key_id(provider, "a")
        clock.advance(step)
        provider.tick()
        held = provider.current("a", Delivery.IMDS_V2)
        assert isinstance(held, CredentialSet)
        assert held.access_key_id != before
        assert held.issued_at == clock.now()
        after = held.access_key_id
        clock.advance(timedelta(minutes=1))
        provider.tick()
        assert key_id(provider, "a") == after, "once is enough"


def test_a_set_that_is_older_than_the_moment_the_clock_went_back_to_is_kept(
    make_instance: MakeInstance, clock: ManualClock, mint: Mint
) -> None:
    provider = RefreshingProvider(clock, minting(mint), [make_instance("a", profile=PROFILE)])
    provider.tick()
    clock.advance(timedelta(minutes=30))
    provider.tick()
    clock.advance(timedelta(minutes=-10))
    provider.tick()
    assert len(mint.minted) == 1, "the set is from before the moment that the clock went back to"
