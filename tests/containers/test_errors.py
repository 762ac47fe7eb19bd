from imds_sim.containers.errors import ECS_FORMS, LAMBDA_FORMS, EcsError, LambdaError


def test_every_refusal_has_its_form() -> None:
    assert set(ECS_FORMS) == set(EcsError.__subclasses__())
    assert set(LAMBDA_FORMS) == set(LambdaError.__subclasses__())
