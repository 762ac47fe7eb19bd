"""A fault of the file that could never hit is refused with its place."""

import pytest

from tests.config.conftest import Refusal

WORLD = """\
roles: {r: {}}
instances: {web-1: {role: r}}
tasks: {api-1: {role: r, instance: web-1}}
pods: {p-1: {role: r}}
functions: {f-1: {role: r}}
endpoints: {/creds: {role: r}}
faults:
"""


@pytest.mark.parametrize(
    "fault",
    [
        "ecs:503",
        "{fault: 'imds:500', as: web-1, surface: imds}",
        "{fault: 'cred:500', as: web-1}",
        "{fault: 'ecs:503&cred:stale', as: api-1}",
        "{fault: 'eks:token-expired', as: p-1}",
        "{fault: 'lambda:500', as: f-1}",
        "{fault: 'cred:500', as: /creds, surface: generic}",
        "{fault: 'conn:reset', surface: eks_probes}",
        "{fault: 'sts:500', surface: sts}",
    ],
)
def test_a_fault_that_can_hit_is_taken(refusal: Refusal, fault: str) -> None:
    assert refusal(f"{WORLD}- {fault}") == []


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (
            "{surface: imds, fault: 'ecs:500'}",
            "8:4: faults[0].surface: ecs:500 hits on ecs only, never on imds",
        ),
        (
            "{surface: sts, fault: 'outage:500'}",
            "8:4: faults[0].surface: outage:500 hits on imds and ecs and eks and eks_probes and "
            "lambda and generic only, never on sts",
        ),
        (
            "{as: web-1, fault: 'token:503&ecs:503'}",
            "8:4: faults[0].as: ecs:503 hits on ecs only, and requests are known as those of "
            "instance web-1 on imds only; leave as out",
        ),
        (
            "{as: api-1, fault: 'imds:500'}",
            "8:4: faults[0].as: imds:500 hits on imds only, and requests are known as those of "
            "task api-1 on ecs only; leave as out",
        ),
        (
            "{as: web-1, fault: 'sts:500'}",
            "8:4: faults[0].as: sts:500 hits on sts only, and requests are known as those of "
            "instance web-1 on imds only; leave as out",
        ),
        (
            "{as: p-1, surface: ecs, fault: 'conn:reset'}",
            "8:4: faults[0].as: requests are known as those of pod p-1 on eks only, never on ecs; "
            "leave one of as and surface out",
        ),
        ("{as: web-2, fault: 'v1:off'}", "8:4: faults[0].as: no workload 'web-2'; did you mean"),
    ],
)
def test_a_fault_that_could_never_hit_is_refused(refusal: Refusal, fault: str, told: str) -> None:
    (line,) = refusal(f"{WORLD}- {fault}")
    assert line.startswith(told)
