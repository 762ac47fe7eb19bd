"""The operations on the wire: parameters into requests, results into elements.

Source: botocore's data/sts/2011-06-15/service-2.json; the order of elements was recorded.
"""

from datetime import timedelta

from imds_sim.kernel.timestamps import iso_seconds
from imds_sim.sts import limits
from imds_sim.sts.constraints import not_supported
from imds_sim.sts.errors import ValidationError
from imds_sim.sts.operations.assume_role import AssumedRole, AssumeRoleRequest, violations
from imds_sim.sts.operations.get_caller_identity import CallerIdentity
from imds_sim.sts.query_api.parameters import Parameters
from imds_sim.sts.query_api.xml import Element

# Parameters of AssumeRole whose feature does not exist yet: refused, never ignored.
NOT_SUPPORTED_YET = (
    "PolicyArns",
    "Policy",
    "Tags",
    "TransitiveTagKeys",
    "SerialNumber",
    "TokenCode",
    "SourceIdentity",
    "ProvidedContexts",
    "MinimumSessionTokenSize",
)


def read_assume_role(parameters: Parameters) -> AssumeRoleRequest:
    """Raises MalformedInput, and ValidationError with every broken constraint."""
    seconds = parameters.integer("DurationSeconds")
    duration = limits.DEFAULT_DURATION if seconds is None else timedelta(seconds=seconds)
    role_arn = parameters.get("RoleArn")
    role_session_name = parameters.get("RoleSessionName")
    external_id = parameters.get("ExternalId")
    broken = violations(role_arn, role_session_name, duration, external_id)
    broken += [
        not_supported(member[0].lower() + member[1:])
        for member in parameters.given(NOT_SUPPORTED_YET)
    ]
    if broken or role_arn is None or role_session_name is None:
        raise ValidationError.of(broken)
    return AssumeRoleRequest(role_arn, role_session_name, duration, external_id)


def write_assumed_role(assumed: AssumedRole) -> list[Element]:
    """Without a session policy and tags there is no PackedPolicySize (recorded)."""
    credentials = assumed.credentials
    return [
        (
            "AssumedRoleUser",
            [("AssumedRoleId", assumed.principal.user_id), ("Arn", assumed.principal.arn)],
        ),
        (
            "Credentials",
            [
                ("AccessKeyId", credentials.access_key_id),
                ("SecretAccessKey", credentials.secret_access_key.reveal()),
                ("SessionToken", credentials.session_token.reveal()),
                ("Expiration", iso_seconds(credentials.expires_at)),
            ],
        ),
    ]


def write_caller_identity(identity: CallerIdentity) -> list[Element]:
    return [
        ("Arn", identity.arn),
        ("UserId", identity.user_id),
        ("Account", identity.account),
    ]
