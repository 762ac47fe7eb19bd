from imds_sim.iam.document import (
    Effect,
    Policy,
    PrincipalKind,
    PrincipalName,
    Statement,
    trust_for_services,
)
from imds_sim.iam.grammar import parse_trust_policy


def test_the_default_trust_is_what_the_document_would_say() -> None:
    services = ["ec2.amazonaws.com", "ecs-tasks.amazonaws.com"]
    assert trust_for_services(services) == parse_trust_policy(
        {
            "Version": "2012-10-17",
            "Statement": {
                "Effect": "Allow",
                "Principal": {"Service": services},
                "Action": "sts:AssumeRole",
            },
        }
    )


def test_a_role_that_no_workload_uses_is_trusted_to_nobody() -> None:
    assert trust_for_services([]) == Policy()


def test_a_statement_covers_its_actions_in_any_case() -> None:
    service = PrincipalName(PrincipalKind.SERVICE, "ec2.amazonaws.com")
    statement = Statement.of(Effect.ALLOW, [service], ["STS:assume*", "sts:TagSession"])
    assert statement.covers("sts:AssumeRole")
    assert statement.covers("sts:TagSession")
    assert not statement.covers("sts:GetCallerIdentity")
