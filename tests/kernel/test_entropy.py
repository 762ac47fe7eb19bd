from imds_sim.kernel.entropy import Entropy, SeededEntropy, SystemEntropy


def test_one_seed_gives_the_same_bytes_twice() -> None:
    first, second = SeededEntropy(7), SeededEntropy(7)
    assert [first.bytes(40, "a") for _ in range(3)] == [second.bytes(40, "a") for _ in range(3)]


def test_draws_of_one_stream_differ_from_one_another() -> None:
    entropy = SeededEntropy(7)
    assert len({entropy.bytes(16, "a") for _ in range(100)}) == 100


def test_one_readers_draws_do_not_disturb_anothers() -> None:
    alone, shared = SeededEntropy(7), SeededEntropy(7)
    shared.bytes(16, "refresher")
    assert shared.bytes(16, "client") == alone.bytes(16, "client")


def test_another_seed_gives_other_bytes() -> None:
    assert SeededEntropy(7).bytes(16, "a") != SeededEntropy(8).bytes(16, "a")


def test_every_source_gives_as_many_bytes_as_asked() -> None:
    sources: list[Entropy] = [SeededEntropy("x"), SystemEntropy()]
    for source in sources:
        assert [len(source.bytes(count, "a")) for count in (1, 32, 33, 100)] == [1, 32, 33, 100]
