import resource
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from imds_sim.server.descriptors import (
    TOLD_EVERY,
    DescriptorWatch,
    connection_limit,
    control_limit,
    raise_descriptor_limit,
)


@pytest.mark.parametrize(
    ("descriptors", "connections"),
    [
        (256, 128),
        (512, 256),
        (1024, 768),
        (2303, 2047),
        (2304, 2048),
        (1_048_576, 2048),
    ],
)
def test_the_limit_of_connections_fits_the_descriptors(descriptors: int, connections: int) -> None:
    assert connection_limit(descriptors) == connections


def test_the_soft_limit_is_raised_to_what_is_needed_and_never_lowered() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (1024, hard))
        raised = raise_descriptor_limit()
        assert raised == resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        assert raised == (2304 if hard == resource.RLIM_INFINITY else min(2304, hard))
        assert raise_descriptor_limit() == raised
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.parametrize(
    ("descriptors", "connections"), [(4, 1), (128, 16), (511, 63), (512, 64), (2304, 64)]
)
def test_admin_surface_and_probes_hold_so_few_that_all_fit(
    descriptors: int, connections: int
) -> None:
    assert control_limit(descriptors) == connections


@contextmanager
def no_descriptor_left() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, hard))  # those that are open stay so
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_that_descriptors_have_run_out_is_told_once_a_minute(
    caplog: pytest.LogCaptureFixture,
) -> None:
    now = 100.0
    watch = DescriptorWatch(lambda: now)
    for now, lines in [(100.0, 1), (99.9 + TOLD_EVERY, 1), (100.0 + TOLD_EVERY, 2)]:  # noqa: B007
        with no_descriptor_left():
            watch.look()
        assert [each.message for each in caplog.records] == ["descriptors.exhausted"] * lines


def test_while_there_are_descriptors_nothing_is_told(caplog: pytest.LogCaptureFixture) -> None:
    DescriptorWatch(lambda: 0.0).look()
    assert caplog.records == []
