"""Where faults can hit."""

import pytest

from imds_sim.faults.catalogue.contents import EFFECTS, rows_of
from imds_sim.faults.grammar import parse
from imds_sim.faults.match import Target
from imds_sim.faults.reach import out_of_reach, surfaces_of, why_not_for, why_not_on
from imds_sim.kernel.exchange import Surface

ALL = "imds ecs eks eks_probes lambda generic sts"


@pytest.mark.parametrize(
    ("fault", "surfaces"),
    [
        ("token:503", "imds"),
        ("token:revoke", "imds"),
        ("v1:off", "imds"),
        ("role:renamed", "imds"),
        ("extended:404", "imds"),
        ("imds:reordered", "imds"),
        ("cred:stale", "imds ecs eks lambda generic"),
        ("ecs:503", "ecs"),
        ("ecs:stale", "ecs"),
        ("eks:wrong-host", "eks"),
        ("lambda:restore", "lambda"),
        ("sts:throttle", "sts"),
        ("conn:reset", ALL),
        ("clock:skew=20m", ALL),
        ("outage:503", ALL.removesuffix(" sts")),
        ("throttle:rate=5", ALL.removesuffix(" sts")),
    ],
)
def test_a_fault_hits_on_the_surfaces_of_its_target(fault: str, surfaces: str) -> None:
    (step,) = parse(fault).steps
    assert surfaces_of(step) == {Surface(each) for each in surfaces.split()}
    for surface in Surface:
        assert (why_not_on(parse(fault), surface) is None) == (surface in surfaces_of(step))


@pytest.mark.parametrize("target", EFFECTS)
def test_every_fault_of_the_catalogue_hits_somewhere(target: Target) -> None:
    for row in rows_of(target):
        assert out_of_reach(parse(row.fault), list(Surface)) is None, row.fault


def test_of_a_joined_fault_every_step_must_be_able_to_hit() -> None:
    scenario = parse("token:503&ecs:503")
    assert out_of_reach(scenario, (Surface.IMDS, Surface.ECS)) is None
    assert str(out_of_reach(scenario, (Surface.IMDS,))) == "ecs:503"


@pytest.mark.parametrize(
    ("fault", "known_on", "surface", "told"),
    [
        ("conn:reset", Surface.IMDS, Surface.IMDS, None),
        ("cred:stale", Surface.ECS, None, None),
        (
            "token:503",
            Surface.ECS,
            None,
            "token:503 hits on imds only, and requests are known as those of W on ecs only; "
            "leave as out",
        ),
        (
            "conn:reset",
            Surface.IMDS,
            Surface.STS,
            "requests are known as those of W on imds only, never on sts; "
            "leave one of as and surface out",
        ),
    ],
)
def test_a_fault_for_a_workload_hits_where_its_requests_are_known(
    fault: str, known_on: Surface, surface: Surface | None, told: str | None
) -> None:
    assert why_not_for(parse(fault), "W", known_on, surface) == told
