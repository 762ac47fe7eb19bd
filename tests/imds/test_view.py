from dataclasses import replace
from datetime import timedelta

from imds_sim.credentials.provider import Delivery, Refused
from imds_sim.imds.documents import Documents
from imds_sim.imds.signatures import Signatures
from imds_sim.imds.view import View
from imds_sim.kernel.clock import ManualClock
from imds_sim.kernel.entropy import SeededEntropy
from imds_sim.workloads.instance import Instance
from tests.imds.client import DELIVERED, LAUNCHED, NOW, HeldSets, credential_set
from tests.keys import KEYS

SIGNATURES = Signatures(KEYS, ManualClock(), SeededEntropy(1))


def view(instance: Instance, provider: HeldSets, delivery: Delivery = Delivery.IMDS_V2) -> View:
    return View(instance, delivery, provider, Documents(SIGNATURES), NOW)


def test_readers_of_the_two_versions_get_their_own_sets(
    instance: Instance, provider: HeldSets
) -> None:
    for delivery in (Delivery.IMDS_V1, Delivery.IMDS_V2):
        held = view(instance, provider, delivery).credentials()
        assert held is provider.sets["web-1", delivery]


def test_every_reader_sees_the_same_delivery_time(instance: Instance, provider: HeldSets) -> None:
    later = credential_set("ASIA", DELIVERED + timedelta(seconds=9))
    provider.sets["web-1", Delivery.IMDS_V1] = later
    assert view(instance, provider, Delivery.IMDS_V1).delivered_at() == DELIVERED
    assert view(instance, provider, Delivery.IMDS_V2).delivered_at() == DELIVERED


def test_a_refusal_counts_as_a_delivery(instance: Instance, provider: HeldSets) -> None:
    provider.sets["web-1", Delivery.IMDS_V2] = Refused("web", "Failed", "", DELIVERED)
    assert view(instance, provider).delivered_at() == DELIVERED


def test_the_tree_is_as_old_as_the_launch_without_a_later_delivery(
    instance: Instance, provider: HeldSets
) -> None:
    assert view(replace(instance, profile=None), provider).delivered_at() == LAUNCHED
    assert view(instance, HeldSets()).delivered_at() == LAUNCHED
    relaunched = replace(instance, launched_at=DELIVERED + timedelta(seconds=1))
    assert view(relaunched, provider).delivered_at() == relaunched.launched_at
