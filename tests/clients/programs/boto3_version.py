"""The versions of what is imported."""

import json

import boto3
import botocore

print(json.dumps({"boto3": boto3.__version__, "botocore": botocore.__version__}))
