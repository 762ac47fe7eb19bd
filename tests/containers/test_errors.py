from imds_sim.containers.eks_errors import AGENT_FORMS, EKS_AUTH_FORMS, EksAuthError, EksError
from imds_sim.containers.errors import ECS_FORMS, LAMBDA_FORMS, EcsError, LambdaError


def test_every_refusal_has_its_form() -> None:
    assert set(ECS_FORMS) == set(EcsError.__subclasses__())
    assert {*AGENT_FORMS, EksAuthError} == set(EksError.__subclasses__())
    assert set(EKS_AUTH_FORMS) == set(EksAuthError.__subclasses__())
    assert set(LAMBDA_FORMS) == set(LambdaError.__subclasses__())
