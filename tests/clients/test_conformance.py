"""What each SDK does in every failure scenario, as the tables in `conformance/` have it.

IMDS_SIM_TEST_RECORD=1 writes the tables anew, and the README's with them, in place of comparing.
"""

import os
from pathlib import Path

import pytest

from imds_sim.cli.reporting.recorded import differences, table
from tests.clients import readme_table, tables
from tests.clients.matrix import Client, client_for, each
from tests.clients.plays import JOBS, PARTS, play, versions
from tests.namespaces import namespace

RECORDING = bool(os.environ.get("IMDS_SIM_TEST_RECORD"))
RUNS = (1, 1, 3)  # the last one crowded, so that what hangs on the machine's load shows


@pytest.fixture(params=each(JOBS))
def client(request: pytest.FixtureRequest) -> Client:
    return client_for(request.param, "identity", request)


@pytest.fixture
def used(client: Client, request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    """The packages that the client uses, with their versions."""
    return versions(client_for(client.name, "version", request), tmp_path)


@pytest.mark.slow
def test_an_sdk_takes_every_scenario_as_it_was_recorded(
    client: Client, used: dict[str, str], tmp_path: Path
) -> None:
    with namespace() as alone:
        if RECORDING:
            tables.write(client.name, used, [play(client, alone, tmp_path, n) for n in RUNS])
            readme_table.write()
            pytest.skip("recorded anew; without IMDS_SIM_TEST_RECORD it is compared")
        reports = play(client, alone, tmp_path)
    recorded = table(client.name)
    told = [
        f"{part.name}: {line}"
        for part in PARTS
        for line in differences(recorded.part(part.name), reports[part.name])
    ]
    assert not told, "\n".join(
        [f"recorded was {recorded}, this is {used}; IMDS_SIM_TEST_RECORD=1 records anew", *told]
    )
