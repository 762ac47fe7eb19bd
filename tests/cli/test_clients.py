import json

from imds_sim.kernel.exchange import Connection, Surface
from tests.admin_stub import StubDaemon
from tests.cli.conftest import Invoke
from tests.worlds import ISSUED_AT


def asked(daemon: StubDaemon, peer: str, hops: int | None, agent: str, *names: str) -> None:
    for name in names:
        daemon.backend.core.clients.asked(
            Connection(Surface.IMDS, None, peer, 40000, "169.254.169.254", 80, hops),
            at=ISSUED_AT,
            workload=name,
            user_agent=agent,
            imds_version=2,
            token_lost=hops == 2,
        )


def test_before_anybody_has_asked_it_says_so(daemon: StubDaemon, invoke: Invoke) -> None:
    assert invoke("clients").stdout == "nobody has asked yet\n"


def test_clients_are_a_table_with_the_remedy_below(daemon: StubDaemon, invoke: Invoke) -> None:
    asked(daemon, "10.77.2.1", 2, "curl/8", "web-1")
    asked(daemon, "10.77.2.9", 0, "evil\x1b[2J", *(f"web-{number}" for number in range(2, 7)))
    asked(daemon, "", None, "x" * 99, "web-1")
    # The trailing user agents are cut, escapes are shown, not obeyed.
    assert invoke("clients").stdout.splitlines() == [
        "client         hops  surfaces  workloads                     requests  IMDSv1  lost"
        "  last seen             user agent",
        "(unix socket)  ?     imds      web-1                         1         0       0   "
        f"  2026-01-02T03:04:05Z  {'x' * 37}...",
        "10.77.2.9      0     imds      web-4 web-5 web-6 and 2 more  5         0       0   "
        "  2026-01-02T03:04:05Z  evil\\x1b[2J",
        "10.77.2.1      2     imds      web-1                         1         0       1   "
        "  2026-01-02T03:04:05Z  curl/8",
        "10.77.2.1: no metadata token of web-1 reaches it, the hop limit is 2 and it needs 3; "
        '"imds-sim options web-1 --http-put-response-hop-limit 3"',
    ]


def test_clients_as_json_are_the_document(daemon: StubDaemon, invoke: Invoke) -> None:
    asked(daemon, "10.77.2.1", 2, "curl/8", "web-1")
    document = json.loads(invoke("clients", "--json").stdout)
    assert [each["client"] for each in document["clients"]] == ["10.77.2.1"]
    assert (document["size"], document["capacity"]) == (1, 1000)


def test_the_doctor_tells_of_clients_that_are_too_far_away(
    daemon: StubDaemon, invoke: Invoke
) -> None:
    assert "client " not in invoke("doctor").stdout
    asked(daemon, "10.77.2.1", 2, "curl/8", "web-1")
    result = invoke("doctor")
    assert result.exit_code == 1
    assert "client 10.77.2.1: no metadata token of web-1 reaches it" in result.stdout
