import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from imds_sim.credentials.provider import Delivery
from imds_sim.kernel.timestamps import http_date
from imds_sim.workloads.instance import Instance
from tests.imds.client import DELIVERED, Client, HeldSets, credential_set

BASE = "/latest/meta-data/identity-credentials"

INFO = b"""{
  "Code" : "Success",
  "LastUpdated" : "2023-10-02T14:05:18Z",
  "AccountId" : "111122223333"
}"""
CREDENTIALS = b"""{
  "Code" : "Success",
  "LastUpdated" : "2023-10-02T14:05:18Z",
  "Type" : "AWS-HMAC",
  "AccessKeyId" : "ASIAIDENTITYIDENTITY",
  "SecretAccessKey" : "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
  "Token" : "IQoJb3JpZ2luX2VjE//ASIAIDENTITYIDENTITY==",
  "Expiration" : "2023-10-02T20:40:18Z"
}"""


def test_every_instance_has_an_identity_role_also_without_a_role_of_its_own(
    client_of: Callable[[Instance], Client], instance: Instance
) -> None:
    for each in (instance, replace(instance, profile=None)):
        client = client_of(each)
        assert client.lines(f"{BASE}/") == ["ec2/"]
        assert client.lines(f"{BASE}/ec2") == ["info", "security-credentials/"]
        assert client.lines(f"{BASE}/ec2/security-credentials/") == ["ec2-instance"]


@pytest.mark.parametrize(
    ("path", "body"),
    [("info", INFO), ("security-credentials/ec2-instance", CREDENTIALS)],
)
def test_the_documents_are_laid_out_like_those_of_a_role(
    client: Client, path: str, body: bytes
) -> None:
    for slash in ("", "/"):
        response = client.get(f"{BASE}/ec2/{path}{slash}")
        assert response.body == body
        assert list(response.headers) == [
            ("X-Aws-Ec2-Metadata-Token-Ttl-Seconds", "21600"),
            ("Content-Type", "text/plain"),
            ("Accept-Ranges", "none"),
            ("Last-Modified", "Mon, 02 Oct 2023 14:05:18 GMT"),
            ("Content-Length", str(len(body))),
            ("Date", "Mon, 02 Oct 2023 14:32:45 GMT"),
            ("Server", "EC2ws"),
            ("Connection", "close"),
        ]


def test_both_versions_read_the_same_set(open_client: Client) -> None:
    path = f"{BASE}/ec2/security-credentials/ec2-instance"
    assert open_client.send("GET", path).body == open_client.get(path).body


def test_no_document_is_newer_than_its_last_modified_says(
    client: Client, provider: HeldSets
) -> None:
    later = DELIVERED + timedelta(minutes=20)
    newer = credential_set("ASIANEWER", later)
    provider.sets["web-1", Delivery.INSTANCE_IDENTITY] = newer
    response = client.get(f"{BASE}/ec2/security-credentials/ec2-instance")
    assert json.loads(response.body)["LastUpdated"] == "2023-10-02T14:25:18Z"
    assert ("Last-Modified", http_date(later)) in response.headers
    other = client.get("/latest/meta-data/instance-id")
    assert ("Last-Modified", http_date(DELIVERED)) in other.headers


def test_a_listing_mints_nothing(client: Client, provider: HeldSets) -> None:
    provider.sets.clear()  # reading would find nothing
    lines = client.lines("/latest/meta-data/")
    assert lines is not None
    assert "identity-credentials/" in lines


@pytest.mark.parametrize(
    "path", ["ec2-instance", "ec2/security-credentials/web", "ec2/info/x", "ssm/", "EC2/info"]
)
def test_nothing_else_is_there(client: Client, path: str) -> None:
    assert client.lines(f"{BASE}/{path}") is None


def test_it_came_with_the_build_of_2018_09(client: Client) -> None:
    assert client.lines("/2018-08-17/meta-data/identity-credentials/") is None
    assert client.lines("/2018-09-24/meta-data/identity-credentials/") == ["ec2/"]
