"""Every STS operation there is, with the default chain; one JSON object a line.

Arguments: ROLE_ARN POLICY_ARN ENCODED_MESSAGE.
"""

import json
import sys
from collections.abc import Callable
from typing import Any

import boto3
from botocore.exceptions import ClientError

SESSION_POLICY = """{"Version": "2012-10-17", "Statement":
    {"Effect": "Allow", "Action": "sts:*", "Resource": "*"}}"""
TASK_POLICY = "arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials"

sts = boto3.client("sts")
role, policy, message = sys.argv[-3:]
restricted: dict[str, Any] = {
    "Policy": SESSION_POLICY,
    "PolicyArns": [{"arn": policy}],
    "Tags": [{"Key": "project", "Value": "blue"}],
    "DurationSeconds": 900,
}


def whose(answer: dict[str, Any]) -> str:
    """Whose credentials these are, as GetCallerIdentity says when it is asked with them."""
    minted = answer["Credentials"]
    theirs = boto3.client(
        "sts",
        aws_access_key_id=minted["AccessKeyId"],
        aws_secret_access_key=minted["SecretAccessKey"],
        aws_session_token=minted["SessionToken"],
    )
    return str(theirs.get_caller_identity()["Arn"])


def call(operation: str, answered: Callable[[], str]) -> None:
    code = answer = None
    try:
        answer = answered()
    except ClientError as error:
        code = error.response["Error"]["Code"]
    print(json.dumps({"operation": operation, "ok": not code, "code": code, "answer": answer}))


call(
    "AssumeRole",
    lambda: whose(
        sts.assume_role(
            RoleArn=role,
            RoleSessionName="operations",
            TransitiveTagKeys=["project"],
            SourceIdentity="alice",
            ExternalId="open",
            **restricted,
        )
    ),
)
call("GetSessionToken", lambda: whose(sts.get_session_token(DurationSeconds=900)))
call("GetFederationToken", lambda: whose(sts.get_federation_token(Name="bob", **restricted)))
call(
    "AssumeRoot",
    lambda: whose(
        sts.assume_root(
            TargetPrincipal="444455556666",
            TaskPolicyArn={"arn": TASK_POLICY},
            DurationSeconds=900,
        )
    ),
)
call(
    "GetAccessKeyInfo",
    lambda: str(sts.get_access_key_info(AccessKeyId="ASIAY34FZKBOKMUTVV7A")["Account"]),
)
call(
    "DecodeAuthorizationMessage",
    lambda: str(sts.decode_authorization_message(EncodedMessage=message)["DecodedMessage"]),
)
