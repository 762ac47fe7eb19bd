"""A presigned GetCallerIdentity proves who one is to a Kubernetes cluster, as on EKS."""

import json
import sys
from typing import Any

from tests.clients.builds import PROGRAMS
from tests.clients.conftest import Asked
from tests.clients.matrix import needs
from tests.daemons import Daemon

ARN = "arn:aws:sts::111122223333:assumed-role/web/i-0123456789abcdef0"


def authenticated(served: Daemon, signed_for: str, sent_to: str) -> dict[str, Any]:
    needs("boto3")
    printed = served.run(
        sys.executable, str(PROGRAMS / "eks_token.py"), signed_for, sent_to,
        environment=served.environment("web-1"),
    ).stdout  # fmt: skip
    return dict(json.loads(printed))


def test_a_clusters_authenticator_learns_from_a_presigned_url_who_signed_it(
    served: Daemon, asked: Asked
) -> None:
    answer = authenticated(served, "blue", "blue")
    assert answer["status"] == 200
    result = answer["body"]["GetCallerIdentityResponse"]["GetCallerIdentityResult"]
    assert (result["Arn"], result["Account"]) == (ARN, "111122223333")
    [line] = asked.lines("sts")
    assert line.startswith("GET /?Action=GetCallerIdentity&")


def test_a_presigned_url_for_one_cluster_is_worth_nothing_at_another(
    served: Daemon, asked: Asked
) -> None:
    answer = authenticated(served, "blue", "green")
    assert answer["status"] == 403
    assert answer["body"]["Error"]["Code"] == "SignatureDoesNotMatch"
    assert answer["body"]["Error"]["Type"] == "Sender"
    assert len(asked.lines("sts")) == 1
