"""The tables of behaviour: several reports become one, written a scenario a line."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from imds_sim.cli.reporting.recorded import comparable, shipped
from imds_sim.cli.reporting.show import COMPARED
from imds_sim.kernel.clock import SystemClock
from tests.clients.plays import Report


def write(client: str, versions: Mapping[str, str], runs: Sequence[Mapping[str, Report]]) -> None:
    """The table of a client, from runs of all parts; what they differ in is kept as that."""
    today = SystemClock().wall().date().isoformat()
    parts = {name: merged([run[name] for run in runs]) for name in runs[0]}
    (shipped() / f"{client}.json").write_text(_text(versions, today, parts))


def _text(versions: Mapping[str, str], date: str, parts: Mapping[str, Report]) -> str:
    listed = [
        f"{json.dumps(name)}: [\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]"
        for name, rows in parts.items()
    ]
    head = f'"versions": {json.dumps(versions)},\n"date": {json.dumps(date)},\n"parts": {{\n'
    return "{\n" + head + ",\n".join(listed) + "\n}\n}\n"


def merged(reports: Sequence[Report]) -> Report:
    """One row for each scenario; `seconds` are the shortest and the longest run."""
    played = [{each["scenario"]: comparable(each) for each in report} for report in reports]
    rows = []
    for scenario in played[0]:
        seen = [report[scenario] for report in played]
        row: dict[str, Any] = {"scenario": scenario}
        row |= {key: _one_or_any([each[key] for each in seen]) for key in COMPARED}
        lasted = [round(float(str(each["seconds"])), 1) for each in seen]
        rows.append(row | {"seconds": [min(lasted), max(lasted)]})
    return rows


def _one_or_any(values: Sequence[object]) -> object:
    different = [each for at, each in enumerate(values) if each not in values[:at]]
    return different[0] if len(different) == 1 else {"any": different}
