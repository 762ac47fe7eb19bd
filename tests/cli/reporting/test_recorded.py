import pytest

from imds_sim.cli.reporting.choice import chosen
from imds_sim.cli.reporting.recorded import (
    NotRecorded,
    comparable,
    differences,
    table,
)
from imds_sim.cli.reporting.show import COMPARED, Document
from tests.clients.plays import JOBS

ROLES = "/latest/meta-data/iam/security-credentials"


def played(scenario: str, *requests: str, **other: object) -> Document:
    """A scenario as `report --json` has it."""
    same: Document = {"outcome": "none", "exit_status": 1, "token_reuse": 0, "retries": 0}
    return {"scenario": scenario, "requests": [*requests], "v1_fallback": False, **same, **other}


def test_where_recorded_runs_differed_what_one_of_them_did_is_the_same() -> None:
    asked, refused = f"imds GET {ROLES}/web 500", f"imds GET {ROLES}/web 404"
    once = comparable(played("cred:500", asked))
    varied = {"requests": {"any": [["cred 500"], ["cred 500 x2"]]}, "exit_status": {"any": [1, 2]}}
    part = {"cred:500": {**once, **varied}}
    assert differences(part, [played("cred:500", asked)]) == []
    more = played("cred:500", *[asked] * 3, exit_status=2, retries=2, token_reuse=1)
    assert differences(part, [more]) == []
    asked_more = differences(part, [played("cred:500", asked, refused)])
    assert asked_more == ["  cred:500: requests were 1 or 2, are 2", "      + cred 404"]
    [ended_otherwise] = differences(part, [played("cred:500", asked, exit_status=3)])
    assert ended_otherwise.endswith("exit_status was 1 or 2, is 3")


def test_what_was_not_played_and_what_was_not_recorded_are_told() -> None:
    part = {"none": comparable(played("none")), "cred:500": comparable(played("cred:500"))}
    told = differences(part, [played("none"), played("cred:404")])
    assert told == ["- cred:500: not played", "+ cred:404: nothing to compare with"]


def test_a_table_is_found_by_a_package_too() -> None:
    assert table("botocore") == table("boto3")
    with pytest.raises(NotRecorded, match=r"'boto4'.*awscrt, boto3, go-v2, java-v2"):
        table("boto4")


@pytest.mark.parametrize("client", JOBS)
def test_every_scenario_of_an_instance_and_of_a_task_was_recorded(client: str) -> None:
    for kind in ("instance", "task"):
        part = table(client).part(kind)
        assert [each for each in chosen("all", kind) if each not in part] == []
        assert [name for name, each in part.items() if not each.keys() >= set(COMPARED)] == []
