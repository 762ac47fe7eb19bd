from typing import Any

import pytest

from imds_sim.kernel.message import Response
from tests.sts.scene import ACCOUNT, ALICE, DEPLOY, WEB, Sts, answer, form, post, signed


def parsed(operation: str, response: Response) -> dict[str, Any]:
    """The response as an unmodified botocore reads it."""
    session = pytest.importorskip("botocore.session").get_session()
    parsers = pytest.importorskip("botocore.parsers")
    shape = session.get_service_model("sts").operation_model(operation).output_shape
    raw = {
        "status_code": response.status,
        "headers": {name.lower(): value for name, value in response.headers},
        "body": response.body,
    }
    read: dict[str, Any] = parsers.create_parser("query").parse(raw, shape)
    return read


def test_botocore_reads_who_is_calling(sts: Sts) -> None:
    response = answer(sts, signed(sts, post(form("GetCallerIdentity"))))
    read = parsed("GetCallerIdentity", response)
    assert read["Arn"] == ALICE.arn
    assert read["UserId"] == ALICE.unique_id
    assert read["Account"] == ACCOUNT
    assert read["ResponseMetadata"]["RequestId"] == dict(response.headers)["x-amzn-RequestId"]


def test_botocore_reads_credentials_that_work(sts: Sts) -> None:
    asked = form("AssumeRole", RoleArn=DEPLOY.arn, RoleSessionName="ci-1")
    read = parsed("AssumeRole", answer(sts, signed(sts, post(asked))))
    held = read["Credentials"]
    found = sts.service.authenticate(held["AccessKeyId"], held["SessionToken"])
    assert found.secret_access_key.reveal() == held["SecretAccessKey"]
    assert found.signer.principal.arn == read["AssumedRoleUser"]["Arn"]
    assert held["Expiration"].isoformat() == "2026-01-02T04:04:05+00:00"
    assert "PackedPolicySize" not in read


def test_botocore_reads_a_denial(sts: Sts) -> None:
    asked = form("AssumeRole", RoleArn=WEB.arn, RoleSessionName="s1")
    read = parsed("AssumeRole", answer(sts, signed(sts, post(asked))))
    assert read["Error"]["Code"] == "AccessDenied"
    assert read["Error"]["Type"] == "Sender"
    assert read["Error"]["Message"].endswith(WEB.arn)
