import pytest

from imds_sim.journal.counters import Counters


@pytest.mark.parametrize(
    ("status", "answered", "rejected"), [(200, 1, 0), (401, 0, 1), (403, 0, 0), (404, 0, 0)]
)
def test_a_request_without_token_counts_as_cloudwatch_counts_it(
    status: int, answered: int, rejected: int
) -> None:
    counters = Counters()
    counters.without_token("web-1", status)
    assert counters.of("web-1") == {
        "MetadataNoToken": answered,
        "MetadataNoTokenRejected": rejected,
    }
    assert set(counters.of("web-2").values()) == {0}


def test_counts_of_instances_that_are_gone_are_forgotten() -> None:
    counters = Counters()
    for name in ("web-1", "web-2"):
        counters.without_token(name, 200)
    counters.keep(["web-2"])
    assert [counters.of(name)["MetadataNoToken"] for name in ("web-1", "web-2")] == [0, 1]
    counters.clear()
    assert counters.of("web-2")["MetadataNoToken"] == 0
