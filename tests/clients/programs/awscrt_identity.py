"""awscrt has no STS client: take credentials from its chain, sign with them, send by http.client.

As often as the argument says.
"""

import contextlib
import http.client
import json
import os
import sys
import urllib.parse
from io import BytesIO

from awscrt import auth, io
from awscrt import http as crt_http

BODY = b"Action=GetCallerIdentity&Version=2011-06-15"


def identity(chain: auth.AwsCredentialsProvider) -> dict[str, str]:
    """What the STS answers to the credentials that the chain has now."""
    found = chain.get_credentials().result()
    config = auth.AwsSigningConfig(
        algorithm=auth.AwsSigningAlgorithm.V4,
        signature_type=auth.AwsSignatureType.HTTP_REQUEST_HEADERS,
        credentials_provider=auth.AwsCredentialsProvider.new_static(
            found.access_key_id, found.secret_access_key, found.session_token
        ),
        region=os.environ["AWS_REGION"],
        service="sts",
    )
    endpoint = urllib.parse.urlsplit(os.environ["AWS_ENDPOINT_URL_STS"])
    headers = [
        ("Host", endpoint.netloc),
        ("Content-Type", "application/x-www-form-urlencoded"),
        ("Content-Length", str(len(BODY))),
        ("Accept", "application/json"),
    ]
    request = crt_http.HttpRequest("POST", "/", crt_http.HttpHeaders(headers))
    request.body_stream = BytesIO(BODY)
    signed = auth.aws_sign_request(request, config).result(20)
    connection = http.client.HTTPConnection(endpoint.hostname or "", endpoint.port)
    connection.request("POST", "/", BODY, dict(signed.headers))
    answer = connection.getresponse()
    text = answer.read().decode()
    assert answer.status == 200, text
    answered = json.loads(text)["GetCallerIdentityResponse"]["GetCallerIdentityResult"]
    return dict(answered)


io.init_logging(io.LogLevel.Error, "stderr")
bootstrap = io.ClientBootstrap(io.EventLoopGroup(1), io.DefaultHostResolver(io.EventLoopGroup(1)))
chain = auth.AwsCredentialsProvider.new_default_chain(bootstrap)
calls = int(sys.argv[1]) if sys.argv[1:] else 1
for _ in range(calls - 1):
    with contextlib.suppress(Exception):  # the last call counts
        identity(chain)
print(json.dumps(identity(chain)))
