import subprocess
import sys

import pytest

from tests.cli.conftest import Invoke
from tests.namespaces import missing

RUN = (sys.executable, "-m", "imds_sim", "run", "--isolated", "--", sys.executable, "-c")
ASK = """
import socket, urllib.request
life = {"X-aws-ec2-metadata-token-ttl-seconds": "60"}
url = "http://169.254.169.254/latest/api/token"
print(urllib.request.urlopen(urllib.request.Request(url, method="PUT", headers=life)).status)
for host in ("169.254.170.2", "169.254.170.23"):
    socket.create_connection((host, 80)).close()
try:
    socket.create_connection(("192.0.2.1", 80), 1)
except OSError as error:
    print(error.strerror)
"""


@pytest.mark.skipif(missing() is not None, reason="needs network namespaces")
def test_the_addresses_of_aws_are_real_and_nothing_else_is() -> None:
    done = subprocess.run([*RUN, ASK], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["200", "Network is unreachable"]


def test_elsewhere_than_on_linux_it_says_so(
    invoke: Invoke, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "plan9")
    refused = invoke("run", "--isolated", "--", "true")
    assert refused.exit_code == 69
    assert "Linux" in refused.stderr
