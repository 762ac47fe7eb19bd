"""Calls of STS operations from a file: a JSON object, name → [operation, arguments].

Prints a JSON object, name → error code, or the whole answer. Argument: the file.
"""

import json
import sys
from pathlib import Path

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

sts = boto3.client("sts", config=Config(retries={"mode": "standard", "max_attempts": 1}))
came_to = {}
for name, (operation, arguments) in json.loads(Path(sys.argv[1]).read_text()).items():
    try:
        answer = getattr(sts, operation)(**arguments)
        del answer["ResponseMetadata"]
        came_to[name] = answer
    except ClientError as error:
        came_to[name] = error.response["Error"]["Code"]
print(json.dumps(came_to, default=str))
