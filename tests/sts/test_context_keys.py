from imds_sim.iam.principals import RoleSessionPrincipal
from imds_sim.sts.context_keys import of_assume_role, of_principal
from imds_sim.sts.operations.assume_role import AssumeRoleRequest
from tests.sts.scene import DEPLOY, EC2, WEB, Sts


def test_a_service_has_a_name_and_no_account() -> None:
    assert of_principal(EC2) == {
        "aws:PrincipalIsAWSService": "true",
        "aws:PrincipalServiceName": "ec2.amazonaws.com",
        "aws:PrincipalServiceNamesList": ("ec2.amazonaws.com",),
    }


def test_what_is_known_of_a_chained_assume_role(sts: Sts) -> None:
    caller = RoleSessionPrincipal(WEB, "i-0a")
    request = AssumeRoleRequest(DEPLOY.arn, "s1", external_id="x1")
    given = {"aws:SourceIp": "127.0.0.1"}
    assert of_assume_role(caller, DEPLOY, request, given, sts.clock.now(), "eu-west-1") == {
        "aws:SecureTransport": "true",
        "aws:ViaAWSService": "false",
        "aws:SourceIp": "127.0.0.1",
        "aws:CurrentTime": "2026-01-02T03:04:05Z",
        "aws:EpochTime": "1767323045",
        "aws:RequestedRegion": "eu-west-1",
        "aws:ResourceAccount": "111122223333",
        "sts:RoleSessionName": "s1",
        "sts:ExternalId": "x1",
        "aws:PrincipalIsAWSService": "false",
        "aws:PrincipalAccount": "111122223333",
        "aws:PrincipalArn": WEB.arn,
        "aws:PrincipalType": "AssumedRole",
        "aws:userid": f"{WEB.unique_id}:i-0a",
    }
