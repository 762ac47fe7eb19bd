from dataclasses import replace

from imds_sim.credentials.provider import Refused
from imds_sim.imds.credentials import credentials_document, extended_document
from tests.imds.client import DELIVERED, credential_set

SUCCESS = b"""{
  "Code" : "Success",
  "LastUpdated" : "2023-10-02T14:05:18Z",
  "Type" : "AWS-HMAC",
  "AccessKeyId" : "ASIAV2V2V2V2V2V2V2V2",
  "SecretAccessKey" : "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
  "Token" : "IQoJb3JpZ2luX2VjE//ASIAV2V2V2V2V2V2V2V2==",
  "Expiration" : "2023-10-02T20:40:18Z"
}"""

UNAUTHORIZED = b"""{
  "Code" : "AssumeRoleUnauthorizedAccess",
  "Message" : "EC2 cannot assume the role web.  Please see documentation at \
http://docs.amazonwebservices.com/IAM/latest/UserGuide/RolesTroubleshooting.html.",
  "LastUpdated" : "2023-10-02T14:05:18Z"
}"""

REFUSED = Refused("web", "AssumeRoleUnauthorizedAccess", "not authorized: sts", DELIVERED)


def test_a_set_is_laid_out_as_recorded() -> None:
    content = credentials_document(credential_set("ASIAV2V2V2V2V2V2V2V2"))
    assert content.body == SUCCESS
    assert content.access_key_id == "ASIAV2V2V2V2V2V2V2V2"


def test_the_extended_document_has_the_account_as_well() -> None:
    content = extended_document(credential_set("ASIAV2V2V2V2V2V2V2V2"))
    assert content.body == SUCCESS.replace(
        b'40:18Z"\n', b'40:18Z",\n  "AccountId" : "111122223333"\n'
    )
    assert content.access_key_id == "ASIAV2V2V2V2V2V2V2V2"


def test_a_refused_role_is_a_document_too() -> None:
    for content in (credentials_document(REFUSED), extended_document(REFUSED)):
        assert content.body == UNAUTHORIZED
        assert content.access_key_id is None
        assert content.detail == "not authorized: sts"


def test_other_failures_say_what_failed() -> None:
    content = credentials_document(replace(REFUSED, code="Failed", message='a "b"'))
    assert content.body.startswith(b'{\n  "Code" : "Failed",\n  "Message" : "a \\"b\\"",\n')
