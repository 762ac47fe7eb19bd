"""What `aws eks get-token` signs and what the cluster's authenticator does with it.

Arguments: the cluster it is signed for and the one it is sent to. Prints status and body.
"""

import http.client
import json
import os
import sys
import urllib.parse

import boto3
from botocore.signers import RequestSigner

signed_for, sent_to = sys.argv[1:]
session = boto3.Session()
endpoint = os.environ["AWS_ENDPOINT_URL_STS"]
sts = session.client("sts")
signer = RequestSigner(
    sts.meta.service_model.service_id,
    session.region_name,
    "sts",
    "v4",
    session.get_credentials(),
    session.events,
)
url = signer.generate_presigned_url(
    {
        "method": "GET",
        "url": f"{endpoint}/?Action=GetCallerIdentity&Version=2011-06-15",
        "body": {},
        "headers": {"x-k8s-aws-id": signed_for},
        "context": {},
    },
    region_name=session.region_name,
    expires_in=60,
    operation_name="",
)
parts = urllib.parse.urlsplit(url)
connection = http.client.HTTPConnection(parts.netloc, timeout=20)
connection.request(
    "GET",
    f"{parts.path}?{parts.query}",
    headers={"x-k8s-aws-id": sent_to, "Accept": "application/json"},
)
answer = connection.getresponse()
kind = answer.getheader("Content-Type")
print(json.dumps({"status": answer.status, "type": kind, "body": json.loads(answer.read())}))
