from imds_sim.iam.errors import PolicyInvalid, Problem


def test_a_refusal_tells_every_problem_with_its_place() -> None:
    refused = PolicyInvalid([Problem(("Statement", 0, "Effect"), "bad"), Problem((), "worse")])
    assert str(refused) == "Statement.0.Effect: bad; worse"
    assert [problem.message for problem in refused.problems] == ["bad", "worse"]
