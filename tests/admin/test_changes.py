from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from imds_sim.admin.changes import changes
from imds_sim.credentials.schedule import RefreshPolicy
from imds_sim.iam.accounts import Account
from imds_sim.iam.directory import Directory
from imds_sim.iam.document import NamedPolicy, Policy
from imds_sim.iam.entities import Role
from imds_sim.iam.kinds import PolicyKind
from imds_sim.kernel.address import TcpAddress
from imds_sim.kernel.exchange import Surface
from imds_sim.simulator.world import World
from imds_sim.workloads.instance import Instance
from imds_sim.workloads.listener import Listener
from tests.worlds import ALICE, world_of

MakeInstance = Callable[..., Instance]
WEB = Role("aws", "111122223333", "web", "AROA", trust=Policy(()), path="/app/")
HERE = Listener(Surface.IMDS, TcpAddress("127.0.0.1", 1338))
THERE = Listener(Surface.STS, TcpAddress("127.0.0.1", 1339))


def test_a_world_does_not_differ_from_itself(make_instance: MakeInstance) -> None:
    def world() -> World:
        return world_of(make_instance("web-1"), users=[ALICE], roles=[WEB], listeners=(HERE,))

    assert changes(world(), world()) == ()


def test_what_came_went_and_changed_is_named(make_instance: MakeInstance) -> None:
    before = world_of(make_instance("web-1"), make_instance("web-2"), roles=[WEB])
    after = world_of(
        make_instance("web-1", instance_type="t3.micro"), make_instance("web-3"), users=[ALICE]
    )
    assert changes(before, after) == (
        "role app/web removed",
        "user alice added",
        "workload web-1 changed",
        "workload web-3 added",
        "workload web-2 removed",
    )


def test_a_recreated_role_has_changed() -> None:
    recreated = replace(WEB, unique_id="AROB")
    assert changes(world_of(roles=[WEB]), world_of(roles=[recreated])) == ("role app/web changed",)


def test_listeners_are_told_by_surface_and_address() -> None:
    assert changes(world_of(listeners=(HERE,)), world_of(listeners=(THERE,))) == (
        "sts listens on 127.0.0.1:1339",
        "imds no longer listens on 127.0.0.1:1338",
    )


def test_another_default_instance_is_told(make_instance: MakeInstance) -> None:
    web_1, web_2 = make_instance("web-1"), make_instance("web-2")
    assert changes(world_of(web_1, web_2), world_of(web_2, web_1)) == (
        "the shared metadata listener answers as web-2",
    )


def test_what_policies_say_has_changed_with_their_entities() -> None:
    policy = Policy((), version="2012-10-17", kind=PolicyKind.IDENTITY)
    allowed = replace(WEB, policies=(NamedPolicy("p", policy),))
    tagged = replace(ALICE, tags={"team": "orders"})
    assert changes(
        world_of(roles=[WEB], users=[ALICE]), world_of(roles=[allowed], users=[tagged])
    ) == (
        "role app/web changed",
        "user alice changed",
    )


def test_managed_policies_and_accounts_are_told_by_name() -> None:
    def world(policies: dict[str, Policy], accounts: list[Account]) -> World:
        return replace(world_of(), directory=Directory.of([], [], policies, accounts))

    arn = "arn:aws:iam::111122223333:policy/team/shared"
    older = Policy((), version="2008-10-17")
    before = world({arn: older}, [Account("111122223333")])
    after = world({arn: Policy(())}, [Account("111122223333", "o-a"), Account("444455556666")])
    assert changes(before, after) == (
        "managed policy team/shared changed",
        "account 111122223333 changed",
        "account 444455556666 added",
    )


def test_settings_of_the_whole_file_are_told() -> None:
    before = world_of()
    after = replace(
        before,
        region="eu-west-1",
        journal_capacity=5,
        refresh=RefreshPolicy(refresh_every=timedelta(minutes=5)),
    )
    assert changes(before, after) == (
        "region changed from us-east-1 to eu-west-1",
        "journal capacity changed from 10000 to 5",
        "refresh of credentials changed",
    )
