"""Nobody pays for SAML who does not use it."""

import subprocess
import sys

CODE = """
import sys
from imds_sim.admin.api import AdminApi
from imds_sim.config.build import build_world
from imds_sim.config.load import parse_config
from imds_sim.iam.generations import Generations
from imds_sim.kernel.clock import SystemClock
from imds_sim.kernel.entropy import SystemEntropy
from imds_sim.kernel.identifiers import Identifiers
from imds_sim.simulator.core import Core

configuration = parse_config("saml_providers: {own: {built_in: true}}")
now = SystemClock().now()
world = build_world(configuration, Identifiers(bytes(32)), Generations(), now)
core = Core(world, bytes(32), SystemClock(), SystemEntropy())
core.prime()
print(*sorted({"lxml", "signxml"} & set(sys.modules)))
core.sts.saml_providers.built_in("own").metadata()
print(*sorted({"lxml", "signxml"} & set(sys.modules)))
"""


def test_a_world_with_a_provider_loads_no_xml_library() -> None:
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["", ""]
