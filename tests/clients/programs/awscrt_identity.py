"""awscrt has no STS client: take credentials from its chain, sign with it, send by http.client."""

import http.client
import json
import os
import urllib.parse
from io import BytesIO

from awscrt import auth, io
from awscrt import http as crt_http

io.init_logging(io.LogLevel.Error, "stderr")
bootstrap = io.ClientBootstrap(io.EventLoopGroup(1), io.DefaultHostResolver(io.EventLoopGroup(1)))
provider = auth.AwsCredentialsProvider.new_default_chain(bootstrap)
endpoint = urllib.parse.urlsplit(os.environ["AWS_ENDPOINT_URL_STS"])
body = b"Action=GetCallerIdentity&Version=2011-06-15"
request = crt_http.HttpRequest(
    "POST",
    "/",
    crt_http.HttpHeaders(
        [
            ("Host", endpoint.netloc),
            ("Content-Type", "application/x-www-form-urlencoded"),
            ("Content-Length", str(len(body))),
            ("Accept", "application/json"),
        ]
    ),
)
request.body_stream = BytesIO(body)
config = auth.AwsSigningConfig(
    algorithm=auth.AwsSigningAlgorithm.V4,
    signature_type=auth.AwsSignatureType.HTTP_REQUEST_HEADERS,
    credentials_provider=provider,
    region=os.environ["AWS_REGION"],
    service="sts",
)
signed = auth.aws_sign_request(request, config).result(20)
connection = http.client.HTTPConnection(endpoint.hostname or "", endpoint.port)
connection.request("POST", "/", body, dict(signed.headers))
answer = connection.getresponse()
text = answer.read().decode()
assert answer.status == 200, text
print(json.dumps(json.loads(text)["GetCallerIdentityResponse"]["GetCallerIdentityResult"]))
