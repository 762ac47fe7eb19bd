from collections.abc import Callable
from dataclasses import replace

from imds_sim.workloads.instance import Instance
from tests.imds.client import Client


def test_services_name_the_partition_and_its_domain(
    client_of: Callable[[Instance], Client], instance: Instance
) -> None:
    china = client_of(replace(instance, partition="aws-cn", dns_suffix="amazonaws.com.cn"))
    assert china.value("services/") == "domain\npartition"
    assert china.value("services/domain/") == "amazonaws.com.cn"
    assert china.value("services/partition") == "aws-cn"
