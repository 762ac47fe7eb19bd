from imds_sim.iam.document import Actions, Policy, trust_for_services
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


def test_actions_cover_what_is_listed_or_else_what_is_not() -> None:
    patterns = ("STS:assume*", "sts:TagSession")
    listed, others = Actions(patterns), Actions(patterns, excluded=True)
    for action in ("sts:assumerole", "sts:tagsession"):
        assert listed.cover(action)
        assert not others.cover(action)
    assert not listed.cover("s3:getobject")
    assert others.cover("s3:getobject")
