"""What is played to each client for its table of behaviour, and how: by `imds-sim report`."""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.clients.matrix import Client
from tests.daemons import BARE
from tests.namespaces import Namespace

CONFIG = """
roles: {web: {}, api: {}}
instances: {web-1: {role: web}}
tasks: {api-1: {role: api}}
"""
REFRESH_FAILS = "cred:life=120s&imds:500+3"


@dataclass(frozen=True, slots=True)
class Part:
    """Scenarios, and the workload that the client is; it asks who it is so many times."""

    name: str
    workload: str
    scenarios: Sequence[str]
    calls: int = 1


PARTS = (
    Part("instance", "web-1", ("all",)),
    Part("task", "api-1", ("all",)),
    Part("two calls", "web-1", ("none", "cred:life=120s", "cred:expired", REFRESH_FAILS), calls=2),
)
# Side by side. What starts slowly must not be crowded: its timeouts would be our doing.
JOBS = {"boto3": 6, "awscrt": 6, "javascript-v3": 6, "go-v2": 16, "java-v2": 3, "rust": 16}

Report = list[dict[str, Any]]


def play(client: Client, alone: Namespace, folder: Path, crowd: int = 1) -> dict[str, Report]:
    """A report for each part; `folder` is for our files, `crowd` times as many run at once."""
    config = folder / "conformance.yaml"
    config.write_text(CONFIG)
    jobs = str(JOBS[client.name] * crowd)
    reports = {}
    for part in PARTS:
        options = ["--config", str(config), "--as", part.workload, "--jobs", jobs, "--json"]
        again = [str(part.calls)] if part.calls > 1 else []
        done = subprocess.run(
            alone.command(
                *(sys.executable, "-m", "imds_sim", "report", *options),
                *("--scenarios", ",".join(part.scenarios), "--", *client.argv, *again),
            ),
            env={**BARE, "HOME": str(folder), **client.environment},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        reports[part.name] = json.loads(done.stdout)
    return reports


def versions(client: Client, folder: Path) -> dict[str, str]:
    """What the client's program for `version` prints: the packages that it really uses."""
    environment = {**BARE, "HOME": str(folder), "AWS_REGION": "us-east-1", **client.environment}
    done = subprocess.run(client.argv, env=environment, capture_output=True, text=True, check=True)
    return dict(json.loads(done.stdout))
