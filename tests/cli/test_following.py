import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from imds_sim.admin.client import AdminClient, find
from imds_sim.cli.following import JOURNAL, NothingKept, batches
from imds_sim.kernel.message import Notes
from tests.admin_backend import FakeBackend, fake_backend
from tests.admin_stub import admin_stub
from tests.worlds import ISSUED_AT, world_of

KEPT = 3


@pytest.fixture
def backend() -> FakeBackend:
    """Its journal keeps three requests."""
    return fake_backend(world_of())


@pytest.fixture
def client(backend: FakeBackend, tmp_path: Path) -> Iterator[AdminClient]:
    with admin_stub(backend, tmp_path) as running:
        yield find(running.address, {}, os.geteuid())


def ask(backend: FakeBackend, times: int, surface: str = "imds") -> None:
    for _ in range(times):
        backend.core.journal.record(
            time=ISSUED_AT, surface=surface, workload=None, client="127.0.0.1", user_agent=None,
            method="GET", target="/", status=200, notes=Notes(), duration=timedelta(0),
        )  # fmt: skip


@dataclass
class Meanwhile:
    """What happens between two looks, one thing after the other; then it is enough."""

    happens: list[Callable[[], object]] = field(default_factory=list)

    def __call__(self, seconds: float) -> None:
        if not self.happens:
            raise KeyboardInterrupt
        self.happens.pop(0)()


def followed(client: AdminClient, *happens: Callable[[], object], **query: str) -> list[int]:
    """The numbers of the entries that were shown until it was enough."""
    shown: list[int] = []
    found = batches(client, JOURNAL, query, True, empty="", pause=Meanwhile(list(happens)))
    with suppress(KeyboardInterrupt):
        for batch in found:
            shown += [int(str(entry["number"])) for entry in batch]
    return shown


@pytest.mark.parametrize(
    ("came", "told"),
    [
        (KEPT, ""),
        (
            KEPT + 1,
            "imds-sim: 1 request came and went between two looks; "
            "raise journal.capacity, which is 3\n",
        ),
        (
            300,
            "imds-sim: 297 requests came and went between two looks; "
            "raise journal.capacity, which is 3\n",
        ),
    ],
)
def test_what_was_forgotten_before_it_could_be_shown_is_told(
    backend: FakeBackend,
    client: AdminClient,
    capsys: pytest.CaptureFixture[str],
    came: int,
    told: str,
) -> None:
    ask(backend, 5)  # of which two are gone before anybody looks: nobody waits for those
    shown = followed(client, lambda: ask(backend, came))
    assert shown == [3, 4, 5, *range(came + 3, came + 6)]
    assert capsys.readouterr().err == told


def test_what_was_not_asked_for_is_not_missed(
    backend: FakeBackend, client: AdminClient, capsys: pytest.CaptureFixture[str]
) -> None:
    def come() -> None:
        ask(backend, 2)
        ask(backend, 1, "sts")

    assert followed(client, come, come, surface="sts") == [3, 6]
    assert capsys.readouterr().err == ""


def test_what_a_reset_took_is_told_without_a_cure_that_is_none(
    backend: FakeBackend, client: AdminClient, capsys: pytest.CaptureFixture[str]
) -> None:
    def come() -> None:
        ask(backend, 2)
        backend.core.journal.clear()
        ask(backend, 1)

    assert followed(client, come) == [3]
    assert capsys.readouterr().err == "imds-sim: 2 requests came and went between two looks\n"


def test_another_daemon_on_the_same_socket_is_followed_from_its_beginning(
    backend: FakeBackend, client: AdminClient, capsys: pytest.CaptureFixture[str]
) -> None:
    ask(backend, 3)

    def restart() -> None:
        backend.core = fake_backend(world_of()).core
        ask(backend, 2)

    assert followed(client, restart) == [1, 2, 3, 1, 2]
    assert capsys.readouterr().err == ""


def test_a_journal_that_keeps_nothing_is_not_followed(
    backend: FakeBackend, client: AdminClient, capsys: pytest.CaptureFixture[str]
) -> None:
    backend.core.journal.resize(0)
    ask(backend, 1)
    with pytest.raises(NothingKept, match=r"no request is kept: journal\.capacity is 0"):
        next(batches(client, JOURNAL, {}, True, empty=""))
    assert list(batches(client, JOURNAL, {}, False, empty="nothing was asked yet")) == []
    told = "imds-sim: no request is kept: journal.capacity is 0\n"
    assert capsys.readouterr().err == told
