from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from imds_sim.credentials.provider import Delivery
from imds_sim.workloads.instance import Instance, InstanceProfile
from imds_sim.workloads.role import AttachedRole
from tests.imds.client import DELIVERED, LAUNCHED, PROFILE, Client, HeldSets, credential_set

# Recorded in 2022; 200 bytes.
INFO = """{
  "Code" : "Success",
  "LastUpdated" : "2022-02-13T13:17:17Z",
  "InstanceProfileArn" : "arn:aws:iam::123456789010:instance-profile/S3AdminAccess",
  "InstanceProfileId" : "AIPAVMQT32F2Q43IXV2TC"
}"""
NAMES = ("security-credentials", "security-credentials-extended")


def test_the_profile_is_told_as_recorded(
    client_of: Callable[[Instance], Client], instance: Instance
) -> None:
    arn = "arn:aws:iam::123456789010:instance-profile/S3AdminAccess"
    client = client_of(replace(instance, profile=replace(PROFILE, arn=arn)))
    assert len(INFO) == 200
    # The profile came 34 seconds before the credentials.
    assert client.value("iam/info") == INFO.replace("2022-02-13T13:17:17Z", "2023-10-02T14:04:44Z")


def test_the_profile_is_never_older_than_the_instance(client: Client, provider: HeldSets) -> None:
    provider.sets.clear()
    assert f'"LastUpdated" : "{LAUNCHED:%Y-%m-%dT%H:%M:%SZ}"' in (client.value("iam/info") or "")


def test_the_role_is_listed_by_its_name_alone(
    client_of: Callable[[Instance], Client], instance: Instance
) -> None:
    name = "imds-assume-role-test"
    role = AttachedRole(name, f"arn:aws:iam::111122223333:role/team/{name}")
    profile = InstanceProfile(PROFILE.arn, PROFILE.id, role)
    client = client_of(replace(instance, profile=profile))
    for each in NAMES:
        assert client.value(f"iam/{each}") == client.value(f"iam/{each}/") == name
    assert len(name) == 21


def test_credentials_are_read_by_the_name_of_the_role(client: Client) -> None:
    for each in NAMES:
        value = client.value(f"iam/{each}/web") or ""
        assert '"AccessKeyId" : "ASIAV2V2V2V2V2V2V2V2"' in value
        assert value == client.value(f"iam//{each}//web/")
        assert ("AccountId" in value) is (each == "security-credentials-extended")
        assert client.value(f"iam/{each}/other") is None
        assert client.value(f"iam/{each}/WEB") is None
        assert client.value(f"iam/{each}/web/Token") is None


def test_a_role_name_with_reserved_characters_is_decoded_once(
    client_of: Callable[[Instance], Client], instance: Instance
) -> None:
    profile = InstanceProfile(PROFILE.arn, PROFILE.id, AttachedRole("a=b,c@d+e", "arn"))
    client = client_of(replace(instance, profile=profile))
    for path in ("a=b,c@d+e", "a%3Db%2Cc%40d%2Be"):
        assert client.value(f"iam/security-credentials/{path}") is not None


def test_extended_credentials_are_read_but_not_listed(client: Client) -> None:
    assert client.value("iam/") == "info\nsecurity-credentials/"


def test_extended_credentials_can_be_turned_off(
    client_of: Callable[[Instance], Client], instance: Instance
) -> None:
    client = client_of(replace(instance, extended_credentials=False))
    assert client.value("iam/security-credentials/web") is not None
    for path in ("", "/", "/web"):
        assert client.value(f"iam/security-credentials-extended{path}") is None


@pytest.mark.parametrize(
    "path", ["", "info", "security-credentials/", "security-credentials/web", *NAMES]
)
def test_there_is_nothing_without_a_profile(
    client_of: Callable[[Instance], Client], instance: Instance, path: str
) -> None:
    assert client_of(replace(instance, profile=None)).value(f"iam/{path}") is None


def test_what_is_not_held_is_missing(client: Client, provider: HeldSets) -> None:
    provider.sets.clear()
    for each in NAMES:
        assert client.value(f"iam/{each}/web") is None


def test_a_refresh_dates_the_profile_too(client: Client, provider: HeldSets) -> None:
    later = credential_set("ASIA", DELIVERED + timedelta(hours=1))
    provider.sets["web-1", Delivery.IMDS_V2] = later
    assert '"2023-10-02T15:04:44Z"' in (client.value("iam/info") or "")
