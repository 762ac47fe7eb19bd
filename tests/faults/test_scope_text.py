from ipaddress import ip_network

import pytest

from imds_sim.faults.scope_text import clients_in, surface_named
from imds_sim.kernel.exchange import Surface


@pytest.mark.parametrize("surface", list(Surface))
def test_a_surface_has_its_name(surface: Surface) -> None:
    assert surface_named(surface.value) is surface


@pytest.mark.parametrize("wrong", ["imsd", "", 5, None, ["imds"]])
def test_another_name_is_told_with_those_that_there_are(wrong: object) -> None:
    with pytest.raises(ValueError, match=r"^surface must be one of imds, ecs, eks, .*, sts, not "):
        surface_named(wrong)


@pytest.mark.parametrize("text", ["10.0.0.1", "10.0.0.0/8", "::1", "fd00::/8"])
def test_clients_are_an_address_or_a_prefix(text: str) -> None:
    assert clients_in(text) == ip_network(text)


@pytest.mark.parametrize("wrong", ["10.0.0.1/8", "10.0.0.0/33", "localhost", "", 5, None])
def test_other_clients_are_told_what_is_wanted(wrong: object) -> None:
    with pytest.raises(
        ValueError, match=r"^client must be an IP address or a prefix like 172\.30\.1\.0/24, not "
    ):
        clients_in(wrong)
