"""What the journal knows of the end of credentials is what the client was told."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from imds_sim.kernel.exchange import Surface
from imds_sim.kernel.message import Response
from tests.simulator.faulty import WORLD, Clients, members
from tests.simulator.scenes import scene_of

WITH_ENDPOINTS = f"""{WORLD}
endpoints:
  /plain: {{role: api, authorization_token: open-sesame}}
  /green: {{role: api, dialect: greengrass, authorization_token: green-sesame}}
  /shell: {{role: api, dialect: cloudshell, authorization_token: shell-sesame}}
  /vault: {{role: api, dialect: aws_vault, authorization_token: vault-sesame}}
users:
  alice:
    access_keys: [{{id: AKIAALICEALICEALICE1, secret: hunter2}}]
    policies:
      all: {{Version: "2012-10-17", Statement: {{Effect: Allow, Action: "*", Resource: "*"}}}}
ecs: {{local_endpoints: user/alice}}
"""
ALICE = {"AccessKeyId": "AKIAALICEALICEALICE1", "SecretAccessKey": "hunter2"}
Fetch = Callable[[Clients], Response]


@pytest.fixture
def clients() -> Clients:
    return Clients(scene_of(WITH_ENDPOINTS))


def endpoint(name: str, token: str) -> Fetch:
    return lambda c: c.ask(Surface.GENERIC, "GET", f"/{name}", ("Authorization", token))


def cloudshell(clients: Clients) -> Response:
    ttl = ("X-aws-ec2-metadata-token-ttl-seconds", "60")
    own = ("Authorization", "shell-sesame")
    issued = clients.ask(Surface.GENERIC, "PUT", "/latest/api/token", ttl, own)
    proof = ("X-aws-ec2-metadata-token", issued.body.decode())
    return clients.ask(Surface.GENERIC, "GET", "/shell", own, proof)


def identity_credentials(clients: Clients) -> Response:
    return clients.read(
        "/latest/meta-data/identity-credentials/ec2/security-credentials/ec2-instance"
    )


FETCHES: dict[str, Fetch] = {
    "imds": Clients.credentials,
    "imds v1": lambda clients: clients.credentials(v1=True),
    "extended": Clients.extended,
    "identity credentials": identity_credentials,
    "ecs": Clients.ecs,
    "ecs local endpoints": lambda clients: clients.ecs("/role/web"),
    "eks": Clients.eks,
    "lambda": Clients.aws_lambda,
    "plain": endpoint("plain", "open-sesame"),
    "greengrass": endpoint("green", "green-sesame"),
    "cloudshell": cloudshell,
    "aws_vault": endpoint("vault", "vault-sesame"),
}


def kept(clients: Clients) -> datetime | None:
    """What the journal has for the last request."""
    return list(clients.scene.core.journal)[-1].expires_at


@pytest.mark.parametrize("fetch", FETCHES.values(), ids=list(FETCHES))
def test_it_is_that_of_the_document(clients: Clients, fetch: Fetch) -> None:
    clients.arm("extended:200")  # what is off unless asked for
    clients.arm("v1:on")
    document = members(fetch(clients))
    assert kept(clients) == datetime.fromisoformat(document["Expiration"])


CALLS = {
    "AssumeRole": {
        "RoleArn": "arn:aws:iam::111122223333:role/web",
        "RoleSessionName": "joe",
        "DurationSeconds": "900",
    },
    "GetSessionToken": {"DurationSeconds": "900"},
    "GetFederationToken": {"Name": "joe", "DurationSeconds": "900"},
}


@pytest.mark.parametrize("action", CALLS)
def test_of_the_sts_it_is_that_of_what_a_call_returns(clients: Clients, action: str) -> None:
    document = clients.scene.sts(ALICE, Action=action, **CALLS[action]).body.decode()
    end = kept(clients)
    assert end == clients.scene.clock.now() + timedelta(minutes=15)
    assert f"<Expiration>{end:%Y-%m-%dT%H:%M:%SZ}</Expiration>" in document


def test_a_call_that_returns_no_credentials_has_none(clients: Clients) -> None:
    clients.identity(clients.credentials())
    assert kept(clients) is None


def test_an_answer_without_credentials_has_none(clients: Clients) -> None:
    clients.put()
    clients.roles()
    clients.ecs("/v2/credentials/unknown")
    assert [entry.expires_at for entry in clients.scene.core.journal] == [None] * 3


@pytest.mark.parametrize(
    "fault", ["cred:life=120s", "cred:expired", "cred:stale", "cred:rotate", "cred:micros"]
)
@pytest.mark.parametrize("fetch", [Clients.credentials, Clients.ecs, Clients.aws_lambda])
def test_a_fault_that_makes_other_sets_is_seen(clients: Clients, fault: str, fetch: Fetch) -> None:
    clients.arm(fault)
    document = members(fetch(clients))
    assert kept(clients) == datetime.fromisoformat(document["Expiration"])
    now = clients.scene.clock.now()
    assert (document["Expiration"] < now.isoformat()) is (fault == "cred:expired")


@pytest.mark.parametrize("fault", ["cred:date-offset", "cred:date-basic", "cred:lowercase-keys"])
def test_another_way_of_writing_changes_nothing(clients: Clients, fault: str) -> None:
    clients.ecs()
    usual = kept(clients)
    clients.arm(fault)
    clients.ecs()
    assert (kept(clients), clients.noted) == (usual, fault)
    assert usual is not None


def test_a_client_that_is_told_a_wrong_time_was_told_that(clients: Clients) -> None:
    clients.ecs()
    usual = kept(clients)
    assert usual is not None
    clients.arm("cred:future-skew=1h")
    clients.ecs()
    assert kept(clients) == usual + timedelta(hours=1)


@pytest.mark.parametrize(
    "fault",
    [
        "cred:missing=Expiration",
        "cred:date-null",
        "cred:bad-json",
        "cred:truncated",
        "cred:html",
        "cred:empty",
        "cred:code=Failed",
        "cred:redirect",
        "cred:assume-denied",
        "cred:503",
        "cred:drop",
    ],
)
@pytest.mark.parametrize("fetch", [Clients.credentials, Clients.ecs])
def test_a_client_that_is_told_no_end_was_told_none(
    clients: Clients, fault: str, fetch: Fetch
) -> None:
    clients.arm(fault)
    fetch(clients)
    assert (kept(clients), clients.noted) == (None, fault)
    clients.calm()
    fetch(clients)
    assert kept(clients) is not None
