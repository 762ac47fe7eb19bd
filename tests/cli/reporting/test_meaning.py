import pytest

from imds_sim.cli.reporting.meaning import group_of, meaning, title_of


@pytest.mark.parametrize(
    ("scenario", "group", "told"),
    [
        ("none", "none", "nothing goes wrong: what the others are compared with"),
        ("token:405", "token", "no tokens: PUT is not allowed"),
        ("conn:delay=2s*1", "conn", "the reply comes so much later (once)"),
        (
            "v1:off+1*2~0.5",
            "v1",
            "reads without token are 401 (after 1 that pass, 2 times, with a probability of 0.5)",
        ),
        (
            "token:405&v1:off",
            "token",
            "no tokens: PUT is not allowed; and reads without token are 401",
        ),
    ],
)
def test_a_scenario_is_told_in_the_words_of_the_catalogue(
    scenario: str, group: str, told: str
) -> None:
    assert (group_of(scenario), meaning(scenario)) == (group, told)


def test_the_healthy_run_is_told_apart_from_the_outcome_none() -> None:
    assert title_of("none") == "none (healthy)"
    assert title_of("role:none") == "role:none"
