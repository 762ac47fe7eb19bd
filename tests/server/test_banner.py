import sys
from dataclasses import replace

import pytest

from imds_sim.kernel.exchange import Surface
from imds_sim.server.banner import SHOWN, banner, ready_document, show, summary
from imds_sim.simulator.endpoints import Endpoints
from tests.simulator.scenes import scene_of

ENDPOINTS = Endpoints(
    {Surface.IMDS: ("http://127.0.0.1:1338",), Surface.STS: ("http://127.0.0.1:1339",)},
    {"web-2": ("http://127.0.0.1:1400",)},
    ("unix:/run/x.sock",),
    probes=("http://127.0.0.1:9102",),
)


def test_the_ready_document_has_every_surface() -> None:
    assert ready_document(ENDPOINTS) == {
        "imds": ["http://127.0.0.1:1338"],
        "sts": ["http://127.0.0.1:1339"],
        "ecs": [],
        "eks": [],
        "eks_probes": [],
        "lambda": [],
        "generic": [],
        "admin": ["unix:/run/x.sock"],
        "probes": ["http://127.0.0.1:9102"],
        "instances": {"web-2": ["http://127.0.0.1:1400"]},
    }


def test_the_banner_gives_the_environment_of_the_first_workload_to_paste() -> None:
    core = scene_of("roles: {web: {}}\ninstances: {web-1: {role: web}, bare: {}}").core
    text = banner(core, ENDPOINTS)
    assert "  web-1 (instance): role web\n" in text
    assert "  bare (instance): no role\n" in text
    assert "export AWS_EC2_METADATA_SERVICE_ENDPOINT=http://127.0.0.1:1338\n" in text


def test_the_banner_says_where_probes_are_answered_if_they_are() -> None:
    core = scene_of("roles: {web: {}}\ninstances: {web-1: {role: web}}").core
    assert "  probes   http://127.0.0.1:9102\n" in banner(core, ENDPOINTS)
    assert "probes" not in banner(core, replace(ENDPOINTS, probes=()))


@pytest.mark.parametrize("snap_start", ["true", "false"])
def test_of_a_function_only_the_command_is_shown(snap_start: str) -> None:
    text = f"roles: {{web: {{}}}}\nfunctions: {{fn: {{role: web, snap_start: {snap_start}}}}}"
    shown = banner(scene_of(text).core, ENDPOINTS)
    assert 'eval "$(imds-sim env --as fn)"' in shown
    assert "AWS_" not in shown


@pytest.mark.parametrize(("count", "more"), [(SHOWN, False), (SHOWN + 1, True)])
def test_a_fleet_is_not_listed_whole(count: int, more: bool) -> None:
    fleet = ", ".join(f"web-{number}: {{}}" for number in range(count))
    shown = banner(scene_of(f"instances: {{{fleet}}}").core, ENDPOINTS)
    assert ("and 1 more" in shown) is more


def test_the_summary_counts_workloads_and_endpoints() -> None:
    core = scene_of("roles: {web: {}}\ninstances: {web-1: {role: web}}").core
    assert summary(core, ENDPOINTS) == "serving 1 workload on 3 endpoints, generation 1"


def test_the_banner_goes_to_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    show("imds-sim is ready\n")
    assert capsys.readouterr().out == "imds-sim is ready\n"


def test_a_standard_output_that_takes_nothing_is_told_once_and_is_no_failure(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with open("/dev/full", "w") as full:
        monkeypatch.setattr(sys, "stdout", full)
        show("imds-sim is ready\n")
        show("and more\n")
        full.flush()  # as the end of the process does
    assert [each.message for each in caplog.records] == ["banner.not_written"]


def test_without_a_standard_output_nothing_is_shown(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    show("imds-sim is ready\n")
    assert caplog.records == []
