import pytest

from imds_sim.iam.context import RequestContext
from imds_sim.iam.document import Effect, Resources
from imds_sim.iam.resources import Resource, compile_resource

ROLE = "arn:aws:iam::111122223333:role/team/web"
CONTEXT = RequestContext.of({"aws:username": "web", "aws:star": "*", "aws:TagKeys": ("a",)})


@pytest.mark.parametrize(
    ("pattern", "resource", "fits"),
    [
        ("*", ROLE, True),
        ("*", "*", True),
        (ROLE, ROLE, True),
        (ROLE, "*", False),
        (ROLE, "arn:aws:iam::111122223333:role/team/WEB", False),
        ("arn:aws:IAM::111122223333:role/team/web", ROLE, True),
        ("arn:aws:iam::*:role/team/web", ROLE, True),
        ("arn:aws:iam:*:role/team/web", ROLE, False),
        ("arn:aws:iam::111122223333:*", ROLE, True),
        ("arn:aws:iam::111122223333:role/*", ROLE, True),
        ("arn:aws:iam::111122223333:role/*/we?", ROLE, True),
        ("arn:aws:iam::111122223333:role/web", ROLE, False),
        ("arn:*:iam::111122223333:role/team/web", ROLE, True),
        ("arn:aws:iam:*", ROLE, True),
        ("arn:aws:s3:*", ROLE, False),
        ("arn:aws:iam::11112222333?:role/*", ROLE, True),
        ("arn:aws:logs:*:1:group:*", "arn:aws:logs:r:1:group:a:b/c", True),
        ("arn:aws:iam::111122223333:role/team/${aws:username}", ROLE, True),
        ("arn:aws:iam::111122223333:role/team/${aws:star}", ROLE, False),
        ("arn:aws:iam::111122223333:role/team/${aws:gone, 'web'}", ROLE, True),
        ("arn:aws:iam::111122223333:role/${*}/web", ROLE, False),
        ("arn:aws:iam::111122223333:role/${*}", "arn:aws:iam::111122223333:role/*", True),
        ("arn:aws:iam::${aws:acc}:role/team/web", ROLE, False),
        ("arn:aws:iam::111122223333:role/${aws:gone}", ROLE, None),
        ("arn:aws:iam::111122223333:role/${aws:TagKeys}", ROLE, None),
    ],
)
def test_a_resource_is_an_arn_matched_part_by_part(
    pattern: str, resource: str, fits: bool | None
) -> None:
    test = compile_resource(pattern, variables=True)
    assert test(Resource.of(resource), CONTEXT) is fits


def test_an_old_document_has_no_variables_in_its_resources() -> None:
    test = compile_resource("arn:aws:iam::1:role/${aws:username}", variables=False)
    assert test(Resource.of("arn:aws:iam::1:role/${aws:username}"), CONTEXT)
    assert not test(Resource.of("arn:aws:iam::1:role/web"), CONTEXT)


@pytest.mark.parametrize(
    ("patterns", "allow", "deny"),
    [
        pytest.param([ROLE], False, False, id="it is listed"),
        pytest.param(["arn:aws:iam::1:role/x"], True, True, id="it is not listed"),
        pytest.param(["arn:aws:iam::1:role/${aws:gone}"], False, True, id="nobody can tell"),
        pytest.param([ROLE, "arn:aws:iam::1:${aws:gone}"], False, False, id="listed anyway"),
    ],
)
def test_not_resource_is_what_is_not_listed(patterns: list[str], allow: bool, deny: bool) -> None:
    resources = Resources(tuple(patterns), excluded=True, variables=True)
    assert resources.cover(Resource.of(ROLE), CONTEXT, Effect.ALLOW) is allow
    assert resources.cover(Resource.of(ROLE), CONTEXT, Effect.DENY) is deny
