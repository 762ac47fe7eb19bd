"""A profile with mfa_serial: the code is the argument, given where botocore asks a person."""

import json
import sys

import boto3

session = boto3.Session()
chain = session._session.get_component("credential_provider")
chain.get_provider("assume-role")._prompter = lambda prompt: sys.argv[1]
print(json.dumps({"Arn": session.client("sts").get_caller_identity()["Arn"]}))
