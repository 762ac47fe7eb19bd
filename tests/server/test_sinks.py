import os
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from imds_sim.server.sinks import BATCH, WAITING, FileSink, SinkNotWritable

FULL = Path("/dev/full")  # every write fails with ENOSPC


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "audit.jsonl"


@pytest.fixture
def sink(file: Path) -> Iterator[FileSink[object]]:
    opened = FileSink(file, str)
    yield opened
    opened.close()


class Gate:
    """A writer that waits to be let go on before it renders record 0, and before record 1."""

    def __init__(self) -> None:
        self.reached = threading.Event(), threading.Event()
        self.open = threading.Event(), threading.Event()

    def render(self, record: int) -> str:
        if record < 2:
            self.reached[record].set()
            assert self.open[record].wait(30)
        return str(record)


@pytest.mark.parametrize("count", [0, 1, BATCH, BATCH + 1])
def test_everything_offered_is_in_the_file_when_it_is_closed(file: Path, count: int) -> None:
    sink = FileSink(file, str)
    for number in range(count):
        sink.offer(number)
    sink.close()
    assert file.read_text().splitlines() == [str(number) for number in range(count)]
    assert (sink.status().written, sink.status().lost) == (count, 0)


def test_nobody_else_may_read_it_and_what_was_there_stays(file: Path) -> None:
    for line in ("one", "two"):
        sink = FileSink(file, str)
        sink.offer(line)
        sink.close()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.read_text() == "one\ntwo\n"


def test_a_file_that_was_moved_away_is_made_anew_and_loses_nothing(file: Path) -> None:
    sink = FileSink(file, str)
    sink.offer("before")
    sink.close()
    sink = FileSink(file, str)
    file.rename(file.with_suffix(".1"))
    sink.offer("after")
    sink.close()
    assert file.with_suffix(".1").read_text() == "before\n"
    assert file.read_text() == "after\n"


def test_a_file_cut_to_nothing_grows_from_its_start(file: Path, sink: FileSink[object]) -> None:
    """As logrotate's copytruncate leaves it."""
    file.write_text("old\n")
    os.truncate(file, 0)
    sink.offer("new")
    sink.close()
    assert file.read_text() == "new\n"


def test_a_full_disk_is_told_once_and_what_did_not_fit_is_counted(
    caplog: pytest.LogCaptureFixture,
) -> None:
    sink = FileSink(FULL, str)
    for number in range(2 * BATCH):
        sink.offer(number)
    sink.close()
    assert [record.message for record in caplog.records] == ["sink.write_failed"]
    assert caplog.records[0].__dict__["cure"] == "make room on its file system"
    assert (sink.status().written, sink.status().lost) == (0, 2 * BATCH)


def test_when_it_can_write_again_it_says_how_much_is_missing(
    file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    gate = Gate()
    sink = FileSink(file, gate.render)
    sink.offer(0)
    assert gate.reached[0].wait(30)
    file.unlink()
    file.mkdir()  # in the way of the file
    sink.offer(1)
    gate.open[0].set()
    assert gate.reached[1].wait(30)  # so record 0 has failed
    file.rmdir()
    gate.open[1].set()
    sink.close()
    assert [record.message for record in caplog.records] == [
        "sink.write_failed",
        "sink.writes_again",
    ]
    assert (file.read_text(), sink.status().lost) == ("1\n", 1)


def test_half_a_line_is_taken_back(tmp_path: Path) -> None:
    """A file may have ten bytes: the third line does not fit, and no part of it stays."""
    file = tmp_path / "limited"
    code = (
        "import resource, signal, sys\n"
        "from pathlib import Path\n"
        "from imds_sim.server.sinks import FileSink\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))\n"
        "sink = FileSink(Path(sys.argv[1]), str)\n"
        "for word in ('one', 'two', 'three'): sink.offer(word)\n"
        "sink.close()\n"
        "print(sink.status().written, sink.status().lost)\n"
    )
    argv = [sys.executable, "-c", code, str(file)]
    done = subprocess.run(argv, check=True, capture_output=True, text=True, timeout=60)
    assert (file.read_text(), done.stdout) == ("one\ntwo\n", "2 1\n")


@pytest.mark.parametrize(("offered", "lost"), [(WAITING, 0), (WAITING + 1, 1)])
def test_records_that_would_wait_too_long_a_queue_are_left_out(
    file: Path, offered: int, lost: int, caplog: pytest.LogCaptureFixture
) -> None:
    gate = Gate()
    sink = FileSink(file, gate.render)
    sink.offer(0)
    assert gate.reached[0].wait(30)  # the writer has taken it, and the queue is empty
    for number in range(offered):
        sink.offer(2 + number)
    gate.open[0].set()
    sink.close()
    assert sink.status().lost == lost
    assert len(file.read_text().splitlines()) == 1 + WAITING
    assert [record.message for record in caplog.records] == ["sink.queue_full"] * lost


@pytest.mark.parametrize(
    ("name", "cure"), [("missing/audit.jsonl", "make the directory"), (".", "name a file in it")]
)
def test_a_file_that_cannot_be_opened_is_refused_with_the_cure(
    tmp_path: Path, name: str, cure: str
) -> None:
    with pytest.raises(SinkNotWritable, match=cure):
        FileSink(tmp_path / name, str)


def test_a_pipe_that_nobody_reads_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(SinkNotWritable, match="nobody reads from it"):
        FileSink(tmp_path / "pipe", str)


def test_its_lines_go_to_whoever_reads_a_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    try:
        sink = FileSink(tmp_path / "pipe", str)
        sink.offer("one")
        sink.close()
        assert os.read(reader, 100) == b"one\n"
    finally:
        os.close(reader)
