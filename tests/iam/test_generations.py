from imds_sim.iam.generations import Generations

WEB, API = "arn:aws:iam::111122223333:role/web", "arn:aws:iam::111122223333:role/api"


def test_a_role_that_stays_keeps_its_number() -> None:
    generations = Generations().advance([WEB]).advance([WEB, API])
    assert (generations.of(WEB), generations.of(API)) == (1, 1)


def test_a_role_that_comes_back_is_another_role() -> None:
    generations = Generations().advance([WEB]).advance([]).advance([WEB])
    assert generations.of(WEB) == 2


def test_a_role_that_never_was_has_no_number() -> None:
    assert Generations().advance([WEB]).of(API) == 0


def test_advancing_leaves_the_old_generations_as_they_were() -> None:
    before = Generations().advance([WEB])
    before.advance([]).advance([WEB])
    assert before.of(WEB) == 1
    assert before.present == {WEB}
