"""The tables agree with what the same SDKs did against plain stubs, captured one by one.

Sources: botocore 1.44.5, @smithy/credential-provider-imds 4.5.2, awscrt 0.38.1 with a stub that
played one failure each. A cell is how it ended and, where it was told, the number of requests. A
remark stands where the capture and the table differ.
"""

import pytest

from imds_sim.cli.reporting.recorded import table
from tests.clients.readme_table import cell

SDKS = ("boto3", "javascript-v3", "awscrt")
CAPTURED = {
    "instance": {
        "token:400&v1:on": ("none 1", "none", "none"),
        "token:401&v1:on": ("v1", "v1", "v1"),
        "token:403&v1:on": ("v1", "v1", "v1"),
        "token:404&v1:on": ("v1", "v1", "v1"),
        "token:405&v1:on": ("v1", "v1", "v1"),
        "token:403&v1:off": ("none 2", "none 2", "none 2"),
        "token:500&v1:on": ("v1 3", "v1", "v1"),
        "token:503*1&v1:on": ("v1 3", "v1", "v1"),
        "token:delay=1500ms&v1:on": ("v1 3", "v1 3", "v1 4"),
        "token:reset&v1:on": ("v1", "v1", "v1 4"),
        "token:no-ttl-header&v1:on": ("ok 3", "ok 3", "ok 3"),
        # boto3 and JavaScript send an empty header, which counts as none; awscrt sends none.
        "token:empty&v1:on": ("v1 3", "v1 3", "v1"),
        "role:none": ("none", "none", "none"),
        "role:503*1": ("none 2", "none 2", "none 2"),
        "role:empty": ("none", "none 3", "none"),
        "role:two": ("none 3", "none 2", "none 2"),
        "cred:500": ("none", "none", "abort"),
        "cred:bad-json": ("none", "none", "abort"),
        "cred:code=AssumeRoleUnauthorizedAccess": ("none", "none", "abort"),
        "cred:date-missing": ("none", "none", "abort"),
        "token:revoke": ("none 2", "none 2", "none 2"),
    },
    "task": {
        "ecs:500": ("none 3", "none 5", "none 4"),
        "ecs:404": ("none 3", "none 5", "none 1"),
        # Captured of awscrt was: no status below 500 is tried again. 429 is.
        "ecs:429": ("none 3", "none 5", "none 4"),
    },
    "two calls": {
        # JavaScript fetches again in the background, once or twice.
        "cred:life=120s": ("ok 3", "ok", "ok 5"),
        "cred:expired": ("refused 3", "refused 3", "refused 5"),
    },
}


@pytest.mark.parametrize(
    ("part", "scenario", "sdk", "captured"),
    [
        pytest.param(part, scenario, sdk, captured, id=f"{part}, {scenario}, {sdk}")
        for part, rows in CAPTURED.items()
        for scenario, cells in rows.items()
        for sdk, captured in zip(SDKS, cells, strict=True)
    ],
)
def test_a_recorded_cell_is_what_was_captured(
    part: str, scenario: str, sdk: str, captured: str
) -> None:
    recorded = cell(table(sdk).part(part)[scenario])
    assert captured in (recorded, recorded.partition(" ")[0])
