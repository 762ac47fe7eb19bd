from pathlib import Path

import pytest

from tests.admin_backend import fake_backend
from tests.admin_stub import admin_stub
from tests.cli.conftest import Invoke
from tests.worlds import world_of

ALL = """\
# signature, us-east-1
certificate of signature
# pkcs7, us-east-1
certificate of pkcs7
# rsa2048, us-east-1
certificate of rsa2048
# dsa2048, us-east-1
certificate of dsa2048
"""


@pytest.mark.parametrize(
    ("arguments", "printed"),
    [
        pytest.param((), ALL, id="all, each with its name"),
        pytest.param(("rsa2048",), "certificate of rsa2048\n", id="one, bare"),
    ],
)
def test_certificates_are_printed_in_pem(
    invoke: Invoke, tmp_path: Path, arguments: tuple[str, ...], printed: str
) -> None:
    with admin_stub(fake_backend(world_of()), tmp_path) as daemon:
        result = invoke("certificates", *arguments, "--admin", daemon.address)
    assert (result.exit_code, result.stdout) == (0, printed)


def test_an_unknown_form_is_wrong_usage(invoke: Invoke) -> None:
    assert invoke("certificates", "rsa4096").exit_code == 2
