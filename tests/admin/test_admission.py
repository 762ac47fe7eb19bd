import pytest

from imds_sim.admin.admission import Admission
from imds_sim.kernel.address import TcpAddress
from imds_sim.kernel.secret import Secret

OVER = TcpAddress("127.0.0.1", 1350)
GOOD = {"host": "127.0.0.1:1350", "authorization": "Bearer let-me-in-please"}


def judged(headers: dict[str, str], over: TcpAddress | None = OVER) -> tuple[int, str] | None:
    refusal = Admission(Secret("let-me-in-please")).refusal(headers, over)
    if refusal is None:
        return None
    error = refusal.document["error"]
    assert isinstance(error, dict)
    return refusal.status, str(error["code"])


@pytest.mark.parametrize(
    "host", ["127.0.0.1:1350", "[::1]:1350", "localhost:1350", "LOCALHOST:1350"]
)
def test_the_token_and_a_loopback_name_are_enough(host: str) -> None:
    assert judged({**GOOD, "host": host}) is None


@pytest.mark.parametrize(
    "host", ["", "localhost", "127.0.0.1", "127.0.0.1:1351", "evil.example:1350", "127.0.0.2:1350"]
)
def test_any_other_host_is_refused_though_the_token_is_right(host: str) -> None:
    assert judged({**GOOD, "host": host}) == (403, "HostRefused")


@pytest.mark.parametrize(
    "shown", ["", "Bearer", "Bearer let-me-in-pleas", "Bearer let-me-in-please2", "Basic let-me-in"]
)
def test_another_token_is_401(shown: str) -> None:
    assert judged({**GOOD, "authorization": shown}) == (401, "TokenRequired")


def test_without_a_token_of_its_own_nobody_may_ask() -> None:
    assert Admission().refusal({**GOOD, "authorization": "Bearer "}, OVER) is not None


@pytest.mark.parametrize("over", [OVER, None], ids=["TCP", "unix"])
@pytest.mark.parametrize(
    "header",
    [
        {"origin": "http://127.0.0.1:1350"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-origin"},
        {"user-agent": "Mozilla/5.0 (X11; Linux x86_64)"},
    ],
    ids=lambda header: " ".join(f"{k}={v}" for k, v in header.items()),
)
def test_browsers_are_refused_wherever_they_come_from(
    header: dict[str, str], over: TcpAddress | None
) -> None:
    assert judged({**GOOD, **header}, over) == (403, "BrowserRefused")


def test_a_unix_socket_asks_for_neither_host_nor_token() -> None:
    assert judged({"host": "localhost"}, over=None) is None
