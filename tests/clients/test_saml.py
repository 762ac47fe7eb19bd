"""AssumeRoleWithSAML with real clients: responses of ours and of xmlsec1, and every refusal."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from imds_sim.kernel.clock import SystemClock
from tests.clients.conftest import Asked
from tests.clients.matrix import AWS_CLI, client_for, needs
from tests.daemons import Daemon, daemon
from tests.namespaces import namespace
from tests.sts.federation.responses import GRANT, NAMED, PROVIDER_ARN, Response, aws, encoded, key
from tests.sts.federation.test_saml_metadata import GOOD
from tests.sts.federation.test_saml_signature import signed_by_xmlsec

OWN = "arn:aws:iam::111122223333:saml-provider/own"
ROLE = "arn:aws:iam::111122223333:role/federated"
ELSEWHERE = "arn:aws:iam::444455556666:role/elsewhere"
CONFIG = f"""
account: "111122223333"
saml_providers:
  corp: {{metadata_file: idp.xml}}
  own: {{built_in: true}}
accounts:
  "444455556666": {{sts_active: false}}
roles:
  federated: &federated
    trust:
      Version: "2012-10-17"
      Statement:
        Effect: Allow
        Principal: {{Federated: ["{PROVIDER_ARN}", "{OWN}"]}}
        Action: ["sts:AssumeRoleWithSAML", "sts:TagSession"]
        Condition: {{StringEquals: {{"SAML:aud": "https://signin.aws.amazon.com/saml"}}}}
  elsewhere:
    <<: *federated
    account: "444455556666"
  closed: {{trust: none}}
"""
LONG = "arn:aws:iam::111122223333:policy/" + "p" * 100  # ten of them, and a policy, are too long
POLICY = """{"Version": "2012-10-17", "Statement":
    {"Effect": "Allow", "Action": "s3:%s", "Resource": "*"}}"""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    folder = tmp_path_factory.mktemp("saml")
    (folder / "idp.xml").write_text(GOOD)
    with namespace() as alone, daemon(folder, CONFIG, alone) as running:
        yield running


def bare(served: Daemon) -> dict[str, str]:
    """An environment that knows the endpoint and nobody's credentials."""
    [endpoint] = served.ready["sts"]
    return {
        "AWS_ENDPOINT_URL_STS": endpoint,
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def now(**parts: Any) -> Response:
    """A response of the partner of now; the daemon's time is the machine's."""
    moment = SystemClock().now()
    end = moment + timedelta(minutes=5)
    usual = Response(issued_at=moment, not_before=moment, ends_at=end, confirmed_until=end)
    return replace(usual, **parts)


def asking(assertion: str, **asked: Any) -> dict[str, Any]:
    return {"RoleArn": ROLE, "PrincipalArn": PROVIDER_ARN, "SAMLAssertion": assertion, **asked}


def come_to(
    served: Daemon, request: pytest.FixtureRequest, folder: Path, calls: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    """What boto3 makes of each call: the answer, or the code of the error."""
    needs("boto3")
    operation = "assume_role_with_saml"
    named = {name: (operation, arguments) for name, arguments in calls.items()}
    (folder / "calls.json").write_text(json.dumps(named))
    argv = (*client_for("boto3", "calls", request).argv, str(folder / "calls.json"))
    return dict(json.loads(served.run(*argv, environment=bare(served)).stdout))


def test_boto3_reaches_every_error_of_the_operation(
    served: Daemon, asked: Asked, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    good = now().encoded()
    passed = SystemClock().now() - timedelta(minutes=6)
    twice = aws("PrincipalTag:a", "1") + aws("PrincipalTag:A", "2")
    grant = aws("Role", f"{ELSEWHERE},{PROVIDER_ARN}")
    failed = "urn:oasis:names:tc:SAML:2.0:status:Responder"
    calls = {
        "good": asking(good),
        "AccessDenied": asking(good, RoleArn=f"{ROLE}x"),
        "ExpiredTokenException": asking(now(issued_at=passed).encoded()),
        "IDPRejectedClaim": asking(now(status=failed).encoded()),
        "InvalidIdentityToken": asking(now().encoded(by=key("evil"))),
        "InvalidParameterValue": asking(now(attributes=GRANT + NAMED + twice).encoded()),
        "MalformedPolicyDocument": asking(good, Policy="{}"),
        "PackedPolicyTooLarge": asking(
            good,
            PolicyArns=[{"arn": f"{LONG}{number}"} for number in range(10)],
            Policy=POLICY % ("x" * 900),
        ),
        "RegionDisabledException": asking(
            now(attributes=grant + NAMED).encoded(), RoleArn=ELSEWHERE
        ),
        "ValidationError": asking(good, DurationSeconds=3601),
    }
    outcome = come_to(served, request, tmp_path, calls)
    answer = outcome.pop("good")
    assert answer["AssumedRoleUser"]["Arn"].endswith(":assumed-role/federated/joe")
    assert {name: answer[name] for name in ("Subject", "SubjectType", "Issuer", "Audience")} == {
        "Subject": "joe@example.com",
        "SubjectType": "persistent",
        "Issuer": "https://idp.example.com/metadata",
        "Audience": "https://signin.aws.amazon.com/saml",
    }
    assert outcome == {name: name for name in outcome}
    assert asked.lines("sts") == ["POST /"] * len(calls)


def test_boto3_passes_on_what_xmlsec_and_we_have_signed(
    served: Daemon, asked: Asked, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    own = served.imds_sim(
        *("saml-assertion", "--provider", "own", "--role", "federated", "--session-name", "ann"),
        *("--tag", "team=blue", "--transitive", "team", "--duration", "15m"),
    )
    moment = now()
    calls = {
        "xmlsec": asking(encoded(signed_by_xmlsec(tmp_path, "assertion", response=moment))),
        "again": asking(moment.encoded()),
        "own": asking(own.stdout.strip(), PrincipalArn=OWN),
    }
    outcome = come_to(served, request, tmp_path, calls)
    names = {name: answer["AssumedRoleUser"]["Arn"] for name, answer in outcome.items()}
    session = "arn:aws:sts::111122223333:assumed-role/federated"
    assert names == {"xmlsec": f"{session}/joe", "again": f"{session}/joe", "own": f"{session}/ann"}
    assert asked.lines("sts") == ["POST /"] * 3


def test_the_command_line_takes_what_ours_prints(served: Daemon, asked: Asked) -> None:
    needs("awscli")
    given = ("--role", "federated", "--role", "closed", "--session-name", "ann")
    own = served.imds_sim("saml-assertion", "--provider", "own", *given).stdout.strip()
    asks = (
        *(*AWS_CLI, "sts", "assume-role-with-saml", "--principal-arn", OWN),
        *("--saml-assertion", own, "--output", "text", "--query", "AssumedRoleUser.Arn"),
    )
    done = served.run(*asks, "--role-arn", ROLE, environment=bare(served))
    assert done.stdout.strip() == "arn:aws:sts::111122223333:assumed-role/federated/ann"
    closed = ROLE.replace("federated", "closed")
    refused = served.run(*asks, "--role-arn", closed, environment=bare(served), check=False)
    assert "Not authorized to perform sts:AssumeRoleWithSAML" in refused.stderr
    assert asked.lines("sts") == ["POST /"] * 2


def test_no_assertion_is_kept_anywhere(served: Daemon, asked: Asked) -> None:
    own = served.imds_sim(
        "saml-assertion", "--provider", "own", "--role", "federated", "--session-name", "ann"
    ).stdout.strip()
    [endpoint] = served.ready["sts"]
    fetch = "import sys, urllib.request; urllib.request.urlopen(sys.argv[1])"
    query = f"Action=AssumeRoleWithSAML&Version=2011-06-15&SAMLAssertion={own[:4000]}"
    served.run("python3", "-c", fetch, f"{endpoint}/?{query}", check=False)
    written = json.dumps(served.journal()) + served.log()
    assert "SAMLAssertion=***" in written
    assert own[:60] not in written
    assert asked.lines("sts")


def test_the_metadata_of_ours_makes_another_daemon_trust_us(served: Daemon, tmp_path: Path) -> None:
    printed = served.imds_sim("saml-assertion", "--provider", "own", "--metadata").stdout
    (tmp_path / "idp.xml").write_text(printed)
    (tmp_path / "sim.yaml").write_text("saml_providers: {own: {metadata_file: idp.xml}}")
    served.imds_sim("check", str(tmp_path / "sim.yaml"))


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        (("--provider", "corp", "--metadata"), 2, "no SAML provider 'corp' is built in"),
        (("--provider", "own"), 2, "--role and --session-name"),
        (("--provider", "own", "--role", "x", "--session-name", "y"), 2, "there is no role 'x'"),
        (("--provider", "own", "--role", "x", "--session-name", "y", "--tag", "z"), 2, "no ="),
    ],
)
def test_a_command_that_cannot_be_done_says_why(
    served: Daemon, arguments: tuple[str, ...], status: int, told: str
) -> None:
    done = served.imds_sim("saml-assertion", *arguments, check=False)
    assert (done.returncode, told in done.stderr) == (status, True), done.stderr
