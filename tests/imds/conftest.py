from collections.abc import Callable
from dataclasses import replace

import pytest

from imds_sim.credentials.provider import Delivery
from imds_sim.imds.handler import ImdsHandler
from imds_sim.imds.signatures import Signatures
from imds_sim.imds.tokens import MetadataTokens
from imds_sim.kernel.clock import ManualClock
from imds_sim.kernel.entropy import SeededEntropy
from imds_sim.workloads.instance import Instance, MetadataOptions
from tests.imds.client import LAUNCHED, NOW, PROFILE, Client, HeldSets, credential_set
from tests.keys import KEYS


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW)


@pytest.fixture
def tokens(clock: ManualClock) -> MetadataTokens:
    return MetadataTokens(b"k" * 32, clock, SeededEntropy(1))


@pytest.fixture
def provider() -> HeldSets:
    return HeldSets(
        {
            ("web-1", Delivery.IMDS_V1): credential_set("ASIAV1V1V1V1V1V1V1V1"),
            ("web-1", Delivery.IMDS_V2): credential_set("ASIAV2V2V2V2V2V2V2V2"),
            ("web-1", Delivery.INSTANCE_IDENTITY): credential_set("ASIAIDENTITYIDENTITY"),
        }
    )


@pytest.fixture
def signatures(clock: ManualClock) -> Signatures:
    return Signatures(KEYS, clock, SeededEntropy(1))


@pytest.fixture
def handler(
    provider: HeldSets, tokens: MetadataTokens, clock: ManualClock, signatures: Signatures
) -> ImdsHandler:
    return ImdsHandler(provider, tokens, clock, signatures)


@pytest.fixture
def instance(make_instance: Callable[..., Instance]) -> Instance:
    return make_instance("web-1", launched_at=LAUNCHED, profile=PROFILE)


@pytest.fixture
def open_instance(instance: Instance) -> Instance:
    """The same, with IMDSv1 left open."""
    return replace(instance, options=MetadataOptions(http_tokens_required=False))


@pytest.fixture
def client(handler: ImdsHandler, tokens: MetadataTokens, instance: Instance) -> Client:
    return Client(handler, tokens, instance)


@pytest.fixture
def open_client(handler: ImdsHandler, tokens: MetadataTokens, open_instance: Instance) -> Client:
    return Client(handler, tokens, open_instance)


@pytest.fixture
def client_of(handler: ImdsHandler, tokens: MetadataTokens) -> Callable[[Instance], Client]:
    return lambda instance: Client(handler, tokens, instance)
