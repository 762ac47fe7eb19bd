import json

import pytest

from imds_sim.faults.catalogue.contents import rows
from imds_sim.faults.match import Asked, Occasion
from imds_sim.kernel.exchange import Surface
from tests.admin_stub import StubDaemon
from tests.cli.conftest import Invoke


def test_a_fault_is_added_listed_and_cleared(daemon: StubDaemon, invoke: Invoke) -> None:
    whose = ("--as", "web-1", "--surface", "imds", "--client", "10.0.0.0/8")
    added = invoke("fault", "add", "token:503*1", *whose)
    told = "1  token:503*1  as web-1, surface imds, client 10.0.0.0/8\n"
    assert (added.exit_code, added.stdout) == (0, told)
    assert invoke("fault", "add", "v1:off").stdout == "2  v1:off  all\n"
    assert invoke("fault", "clear", "2").stdout == "1 cleared\n"
    shown = invoke("fault", "list").stdout
    assert shown.split() == [
        *("id", "fault", "for", "hits", "state"),
        "1",
        "token:503*1",
        "as",
        "web-1,",
        "surface",
        "imds,",
        "client",
        "10.0.0.0/8",
        "0",
        "hits",
    ]
    assert "token:503*1" in invoke("status").stdout
    [armed] = json.loads(invoke("fault", "list", "--json").stdout)["faults"]
    assert [armed[key] for key in ("as", "surface", "client")] == ["web-1", "imds", "10.0.0.0/8"]
    assert invoke("fault", "clear", "1").stdout == "1 cleared\n"
    assert invoke("fault", "list").stdout == "no fault is armed\n"
    assert invoke("fault", "clear").stdout == "0 cleared\n"


def test_hits_are_requests_not_steps(daemon: StubDaemon, invoke: Invoke) -> None:
    invoke("fault", "add", "token:ttl=5&token:no-ttl-header")
    daemon.backend.core.faults.play(
        Occasion(Surface.IMDS, Asked.METADATA_TOKEN, "web-1", "127.0.0.1", shared=False)
    )
    for command in (("fault", "list"), ("status",)):
        assert "token:ttl=5&token:no-ttl-header  all  1 hit\n" in invoke(*command).stdout


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        (["add", "tokn:403"], 2, "did you mean token:403?"),
        (["add", "v1:off", "--as", "web-9"], 2, "web-9"),
        (
            ["add", "ecs:503", "--as", "web-1"],
            2,
            "ecs:503 hits on ecs only, and requests are",
        ),
        (["add", "token:503", "--surface", "ecs"], 2, "token:503 hits on imds only, never on ecs"),
        (["add", "v1:off", "--client", "x"], 2, "client must be an IP address"),
        (["clear", "7"], 2, "no armed fault has the number 7"),
        (["clear", "x"], 2, "not a valid integer"),
    ],
)
def test_what_is_wrong_is_told_in_a_line(
    daemon: StubDaemon, invoke: Invoke, arguments: list[str], status: int, told: str
) -> None:
    result = invoke("fault", *arguments)
    assert (result.exit_code, result.stdout) == (status, "")
    assert told in result.stderr


def test_the_catalogue_has_a_line_for_each_fault_and_needs_no_daemon(invoke: Invoke) -> None:
    lines = invoke("fault", "catalogue").stdout.splitlines()
    told = json.loads(invoke("fault", "catalogue", "--json").stdout)
    assert len(lines) == len(told) == len(list(rows()))
    for line, each in zip(lines, told, strict=True):
        assert line.split(None, 1) == [each["fault"], each["does"]]
