"""Whole answers of the Xen back end, byte for byte."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from imds_sim.imds.xen import NOT_FOUND_PAGE
from imds_sim.workloads.instance import Family, Instance, MetadataOptions
from tests.imds.client import Client
from tests.imds.test_handler import written

TTL = "x_aws_ec2_metadata_token_ttl_seconds"


@pytest.fixture
def xen(client_of: Callable[[Instance], Client], open_instance: Instance) -> Client:
    return client_of(replace(open_instance, family=Family.XEN))


def test_an_item_is_answered_as_recorded(xen: Client) -> None:
    response = xen.get("/latest/meta-data/placement/region", connection="keep-alive")
    assert response.close
    assert (
        written(response)
        == """HTTP/1.0 200 OK
Accept-Ranges: bytes
Content-Length: 9
Content-Type: text/plain
Date: Mon, 02 Oct 2023 14:32:45 GMT
Last-Modified: Mon, 02 Oct 2023 14:05:18 GMT
X-Aws-Ec2-Metadata-Token-Ttl-Seconds: 21600
Connection: close
Server: EC2ws

us-east-1"""
    )
    assert "Token" not in written(xen.send("GET", "/latest/meta-data/placement/region"))


def test_a_token_has_the_mark_of_the_family(xen: Client) -> None:
    response = xen.send("PUT", "/latest/api/token", **{TTL: "60"})
    assert re.fullmatch(rb"AQAAA[A-Za-z0-9_-]{49}==", response.body)
    shown = {"x_aws_ec2_metadata_token": response.body.decode()}
    assert xen.send("GET", "/", **shown).status == 200


@pytest.mark.parametrize(
    ("target", "location"),
    [
        ("/latest/meta-data", "/latest/meta-data/"),
        ("//latest//meta-data/iam?x=y", "/latest/meta-data/iam/"),
        ("/2021-03-23/dynamic", "/2021-03-23/dynamic/"),
    ],
)
def test_a_directory_without_slash_has_moved(xen: Client, target: str, location: str) -> None:
    assert (
        written(xen.send("GET", target))
        == f"""HTTP/1.0 301 Moved Permanently
Content-Length: 0
Date: Mon, 02 Oct 2023 14:32:45 GMT
Location: http://169.254.169.254{location}
Connection: close
Server: EC2ws

"""
    )


@pytest.mark.parametrize(
    "target",
    ["/", "/latest", "/latest/meta-data/", "/latest/meta-data/ami-id", "/latest/meta-data/ami-id/"],
)
def test_roots_versions_and_leaves_have_not_moved(xen: Client, target: str) -> None:
    assert xen.send("GET", target).status == 200


def test_a_missing_item_is_the_page_of_the_family(xen: Client) -> None:
    assert len(NOT_FOUND_PAGE) == 345
    assert (
        written(xen.send("GET", "/latest/meta-data/nothing"))
        == f"""HTTP/1.0 404 Not Found
Content-Length: 345
Content-Type: text/html
Date: Mon, 02 Oct 2023 14:32:45 GMT
Connection: close
Server: EC2ws

{NOT_FOUND_PAGE.decode()}"""
    )


def test_refusals_are_empty(client_of: Callable[[Instance], Client], xen: Client) -> None:
    required = client_of(replace(xen.instance, options=MetadataOptions()))
    expected = """HTTP/1.0 401 Unauthorized
Content-Length: 0
Content-Type: text/plain
Date: Mon, 02 Oct 2023 14:32:45 GMT
Connection: close
Server: EC2ws

"""
    assert written(required.send("GET", "/", connection="keep-alive")) == expected
    refused = xen.send("GET", "/latest/api/token")
    assert refused.headers[0] == ("Allow", "OPTIONS, PUT")
    assert (refused.status, refused.reason) == (405, "Not Allowed")


def test_system_is_of_nitro(xen: Client) -> None:
    assert xen.value("system") is None
