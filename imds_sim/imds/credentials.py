"""The credentials documents of an instance: a set, or why there is none.

Source: EC2 User Guide, "IAM roles for Amazon EC2"; IAM User Guide, "Troubleshoot IAM and Amazon
EC2"; layout from recordings of 2016 to 2024.
"""

from imds_sim.credentials.provider import CredentialSet, Refused
from imds_sim.imds.layout import document
from imds_sim.imds.tree import Content
from imds_sim.kernel.timestamps import iso_seconds

UNAUTHORIZED = "AssumeRoleUnauthorizedAccess"


def credentials_document(held: CredentialSet | Refused) -> Content:
    """The document at `security-credentials/ROLE`: 200 in either case."""
    if isinstance(held, Refused):
        return _refusal(held)
    return _handed_out(held, _members(held))


def extended_document(held: CredentialSet | Refused) -> Content:
    """The document at `security-credentials-extended/ROLE`, which newer SDKs ask for first.

    Known from SDKs alone (aws-sdk-ruby, -js v3, -php, -java-v2, -go-v2): the same and AccountId.
    """
    if isinstance(held, Refused):
        return _refusal(held)
    return _handed_out(held, _members(held) | {"AccountId": held.account})


def _handed_out(held: CredentialSet, members: dict[str, str | None]) -> Content:
    return Content(document(members), access_key_id=held.access_key_id, expires_at=held.expires_at)


def _members(held: CredentialSet) -> dict[str, str | None]:
    return {
        "Code": "Success",
        "LastUpdated": iso_seconds(held.issued_at),
        "Type": "AWS-HMAC",
        "AccessKeyId": held.access_key_id,
        "SecretAccessKey": held.secret_access_key.reveal(),
        "Token": held.session_token.reveal(),
        "Expiration": iso_seconds(held.expires_at),
    }


def _refusal(refused: Refused) -> Content:
    members: dict[str, str | None] = {
        "Code": refused.code,
        "Message": _message(refused),
        "LastUpdated": iso_seconds(refused.refused_at),
    }
    return Content(document(members), detail=refused.message)


def _message(refused: Refused) -> str:
    if refused.code != UNAUTHORIZED:
        return refused.message
    # As recorded in 2016 (aws/aws-cli#2060), two spaces and all.
    return (
        f"EC2 cannot assume the role {refused.role_name}.  Please see documentation at "
        "http://docs.amazonwebservices.com/IAM/latest/UserGuide/RolesTroubleshooting.html."
    )
