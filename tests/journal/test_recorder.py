import logging
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from imds_sim.journal.recorder import METHOD, PATH, USER_AGENT, Recorder
from imds_sim.kernel.message import Notes

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def record(recorder: Recorder, **changes: Any) -> None:
    fields: dict[str, Any] = {
        "time": NOW,
        "surface": "imds",
        "workload": "web-1",
        "client": "127.0.0.1",
        "user_agent": "curl/8",
        "method": "GET",
        "target": "/latest/meta-data/",
        "status": 200,
        "notes": Notes(imds_version=2, access_key_id="ASIA1", detail="d"),
        "duration": timedelta(microseconds=20),
    }
    recorder.record(**{**fields, **changes})


def test_an_entry_shows_what_was_recorded() -> None:
    recorder = Recorder(10)
    record(recorder)
    [entry] = recorder
    assert (entry.number, entry.time, entry.surface, entry.workload) == (1, NOW, "imds", "web-1")
    assert (entry.client, entry.user_agent, entry.method) == ("127.0.0.1", "curl/8", "GET")
    assert (entry.path, entry.status, entry.imds_version) == ("/latest/meta-data/", 200, 2)
    assert (entry.access_key_id, entry.fault, entry.detail) == ("ASIA1", None, "d")
    assert entry.duration == timedelta(microseconds=20)


@pytest.mark.parametrize(("status", "kept"), [(200, NOW), (0, None)])
def test_the_end_of_credentials_is_kept_if_the_answer_went_out(
    status: int, kept: datetime | None
) -> None:
    recorder = Recorder(10)
    record(recorder, status=status, notes=Notes(expires_at=NOW))
    [entry] = recorder
    assert entry.expires_at == kept


def test_secrets_in_a_query_are_masked_before_they_are_kept() -> None:
    recorder = Recorder(10)
    record(recorder, target="/?Action=GetCallerIdentity&X-Amz-Security-Token=hunter2")
    [entry] = recorder
    assert "hunter2" not in repr(entry)
    assert "Action=GetCallerIdentity" in entry.path


@pytest.mark.parametrize(("recorded", "kept"), [(0, []), (3, [1, 2, 3]), (4, [2, 3, 4])])
def test_the_newest_entries_are_kept(recorded: int, kept: list[int]) -> None:
    recorder = Recorder(3)
    for _ in range(recorded):
        record(recorder)
    assert [entry.number for entry in recorder] == kept
    assert recorder.last_number == recorded
    assert len(recorder) == len(kept)


def test_entries_are_chosen_by_number_workload_and_surface() -> None:
    recorder = Recorder(10)
    record(recorder)
    record(recorder, workload="web-2")
    record(recorder, surface="sts", workload=None)
    assert [entry.number for entry in recorder.entries(after=1)] == [2, 3]
    assert [entry.number for entry in recorder.entries(workload="web-2")] == [2]
    assert [entry.number for entry in recorder.entries(surface="sts")] == [3]


def test_numbers_go_on_after_a_clearing() -> None:
    recorder = Recorder(10)
    record(recorder)
    recorder.clear()
    record(recorder)
    assert [entry.number for entry in recorder] == [2]


def test_a_smaller_ring_keeps_the_newest() -> None:
    recorder = Recorder(10)
    for _ in range(5):
        record(recorder)
    recorder.resize(2)
    assert recorder.capacity == 2
    assert [entry.number for entry in recorder] == [4, 5]


@pytest.mark.parametrize("excess", [0, 1])
def test_what_a_client_chooses_is_cut_to_a_bounded_length(excess: int) -> None:
    recorder = Recorder(10)
    record(
        recorder,
        target="/" + "a" * (PATH - 1 + excess),
        user_agent="b" * (USER_AGENT + excess),
        method="C" * (METHOD + excess),
    )
    [entry] = recorder
    assert (len(entry.path), len(entry.method)) == (PATH, METHOD)
    assert entry.user_agent == "b" * USER_AGENT


@pytest.mark.parametrize(("level", "lines"), [(logging.DEBUG, 1), (logging.INFO, 0)])
def test_at_debug_level_each_request_has_its_line(
    caplog: pytest.LogCaptureFixture, level: int, lines: int
) -> None:
    with caplog.at_level(level, "imds_sim"):
        record(Recorder(0), target="/?X-Amz-Signature=hunter2", hops=1)
    told = [line for line in caplog.records if line.getMessage() == "request.answered"]
    assert len(told) == lines
    for line in told:
        fields = vars(line)
        assert (fields["path"], fields["hops"], fields["workload"]) == (
            "/?X-Amz-Signature=***", 1, "web-1",
        )  # fmt: skip
        assert "hunter2" not in str(fields)
