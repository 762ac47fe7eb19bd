"""The README's way to IRSA and SAML, as a user would paste it."""

import os
import sys
from pathlib import Path

from tests.clients.matrix import needs
from tests.daemons import daemon
from tests.namespaces import namespace

README = (Path(__file__).parents[2] / "README.md").read_text()


def block(marker: str) -> str:
    """The code block that follows a marker."""
    return README.partition(f"<!-- {marker} -->\n```")[2].partition("\n")[2].partition("```")[0]


def test_the_readmes_federation_works_as_it_stands(tmp_path: Path) -> None:
    needs("awscli")
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    with namespace() as alone, daemon(tmp_path, block("federation"), alone) as running:
        printed = running.run(
            "bash", "-euo", "pipefail", "-c", block("irsa"),
            environment={"PATH": path, "IMDS_SIM_ADMIN": running.admin},
        ).stdout  # fmt: skip
        asked = [each["path"] for each in running.journal() if each["surface"] == "sts"]
    arn = '"Arn": "arn:aws:sts::111122223333:assumed-role/pod'
    assert f"{arn}/botocore-session-" in printed
    assert f'{arn}/joe"' in printed
    assert len(asked) == 3
