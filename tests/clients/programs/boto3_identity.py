"""What a user writes: the default chain, GetCallerIdentity."""

import json

import boto3

answer = boto3.client("sts").get_caller_identity()
print(json.dumps({name: answer[name] for name in ("Arn", "UserId", "Account")}))
