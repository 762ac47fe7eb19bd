"""Many short-lived programs in one: for each line of input a round of fresh sessions.

A session finds its credentials, asks who it is, assumes the role `other`, and asks again. Prints
for each round the ARNs that it was, as a JSON list. Argument: sessions a round.
"""

import json
import sys

import boto3
from botocore.config import Config

ONCE = Config(retries={"mode": "standard", "max_attempts": 1})  # a retry would hide what failed


def session() -> set[str]:
    sts = boto3.Session().client("sts", config=ONCE)
    before = sts.get_caller_identity()
    role = f"arn:aws:iam::{before['Account']}:role/other"
    given = sts.assume_role(RoleArn=role, RoleSessionName="round")["Credentials"]
    after = boto3.Session(
        given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"]
    ).client("sts", config=ONCE)
    return {before["Arn"], after.get_caller_identity()["Arn"]}


for _ in sys.stdin:
    print(
        json.dumps(sorted(set().union(*(session() for _ in range(int(sys.argv[1])))))), flush=True
    )
