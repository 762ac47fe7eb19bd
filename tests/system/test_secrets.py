"""No secret reaches a log, the journal, the audit or an error: a real daemon is asked everything
that issues or takes one, at debug level, and whatever it wrote and showed is searched."""

import base64
import http.client
import json
import re
import signal
import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType, SimpleNamespace
from typing import Any, cast
from urllib.parse import urlencode, urlsplit

import pytest

from imds_sim.kernel.clock import SystemClock
from imds_sim.kernel.message import Headers, Request
from imds_sim.kernel.secret import Secret
from imds_sim.sts.query_api.sigv4 import sign
from imds_sim.sts.totp import code, step_of
from tests.daemons import Daemon, daemon
from tests.sts.query_api.presigning import presigned
from tests.sts.scene import Sts
from tests.system.leaks import Secrets, forms

REGION, ACCOUNT = "us-east-1", "111122223333"
ALICE, SECRET = "AKIA2LICE23456723456", "alices/secret+alices/secret+alices/secre"
SEED = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
ADMIN_TOKEN = "the-bearer-token-of-the-control-surface"
OPEN = "open-sesame-open-sesame-open-sesame"
USER = (ALICE, SECRET)
SERIAL = f"arn:aws:iam::{ACCOUNT}:mfa/alice"
ARN = f"arn:aws:iam::{ACCOUNT}:"
ROLE_DOCUMENT = "/latest/meta-data/iam/security-credentials/web"
NOTHING: Mapping[str, str] = MappingProxyType({})
CLOCK = SystemClock()
CONFIG = f"""
listen: {{imds: ["127.0.0.1:0"], sts: ["127.0.0.1:0"], ecs: ["127.0.0.1:0"], eks: ["127.0.0.1:0"],
         lambda: ["127.0.0.1:0"], generic: ["127.0.0.1:0"], admin: [auto, "127.0.0.1:0"]}}
admin_token_file: token
state_dir: state
log: {{level: debug, format: json}}
journal: {{file: journal.jsonl}}
audit: {{file: audit.jsonl}}
alarms: {{hoarded: {{hoarding: 1m}}}}
accounts:
  "{ACCOUNT}": {{organization: {{id: o-a1b2c3d4e5}}, outbound_web_identity_federation: true}}
  "444455556666": {{organization: {{id: o-a1b2c3d4e5}}}}
users:
  alice:
    access_keys: [{{id: {ALICE}, secret: "{SECRET}"}}]
    mfa_devices: [{{serial: "{SERIAL}", seed: {SEED}}}]
    policies: {{all: &all {{Version: "2012-10-17",
                         Statement: {{Effect: Allow, Action: "sts:*", Resource: "*"}}}}}}
  bob: {{}}
oidc_providers: {{"https://token.actions.githubusercontent.com": {{built_in: true, name: github}}}}
saml_providers: {{corp: {{built_in: true}}}}
roles:
  web: {{policies: {{all: *all}}}}
  deploy: {{trust: {{Version: "2012-10-17", Statement: {{Effect: Allow,
          Principal: {{AWS: "{ARN}root"}}, Action: ["sts:AssumeRole", "sts:TagSession"]}}}}}}
  ci: {{trust: {{Version: "2012-10-17", Statement: {{Effect: Allow, Condition: {{StringLike: {{
        "token.actions.githubusercontent.com:sub": "*"}}}},
        Principal: {{Federated: "{ARN}oidc-provider/token.actions.githubusercontent.com"}},
        Action: "sts:AssumeRoleWithWebIdentity"}}}}}}
  staff: {{trust: {{Version: "2012-10-17", Statement: {{Effect: Allow,
           Principal: {{Federated: "{ARN}saml-provider/corp"}},
           Action: "sts:AssumeRoleWithSAML"}}}}}}
  closed: {{trust: none}}
instances:
  web-1: {{role: web, metadata_options: {{http_tokens: optional}}}}
  web-2: {{role: closed, clients: [10.0.0.1]}}
tasks: {{api-1: {{role: web, service: api}}}}
pods: {{orders-1: {{role: web}}, cart-1: {{role: web, irsa: true}}}}
functions:
  thumb: {{role: web, snap_start: true, authorization_token: "{OPEN}-lambda"}}
  plain: {{role: web}}
endpoints:
  /plain: {{role: web, authorization_token: "{OPEN}-plain"}}
  /vault: {{role: web, dialect: aws_vault, authorization_token: "{OPEN}-vault"}}
  /gg/: {{role: web, dialect: greengrass, authorization_token: "{OPEN}-gg"}}
  /shell: {{role: web, dialect: cloudshell, authorization_token: "{OPEN}-shell"}}
"""


@dataclass
class Day:
    """Asks a daemon, keeps every secret on the way and whatever was answered as an error."""

    running: Daemon
    secrets: Secrets = field(default_factory=Secrets)
    errors: list[tuple[str, str]] = field(default_factory=list)
    statuses: dict[str, int] = field(default_factory=dict)

    def ask(
        self,
        surface: str,
        method: str,
        path: str,
        headers: Mapping[str, str] = NOTHING,
        body: bytes = b"",
    ) -> str:
        """The body of the answer; that of an error is kept for the search."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port(surface), timeout=60)
        try:
            connection.request(method, path, body or None, dict(headers))
            answer = connection.getresponse()
            text = answer.read().decode("utf-8", "replace")
            if answer.status >= 400:
                self.errors.append((f"{surface} {answer.status}", f"{answer.headers}\n{text}"))
            what = f"{surface} {method} {path.partition('?')[0]}"
            self.statuses[what] = answer.status
            return text
        finally:
            connection.close()

    def port(self, surface: str) -> int:
        """The last address is meant: the control surface has a unix socket before it."""
        return int(self.running.ready[surface][-1].rpartition(":")[2])

    def document(self, text: str) -> dict[str, Any]:
        """Credentials as the endpoints give them, kept."""
        document: dict[str, Any] = json.loads(text)
        self.secrets.keep("secret access key", document["SecretAccessKey"])
        self.secrets.keep("session token", document.get("Token") or document["SessionToken"])
        return document

    # The metadata service and the endpoints of containers.

    def metadata(self) -> None:
        ttl = {"X-aws-ec2-metadata-token-ttl-seconds": "21600"}
        token = self.secrets.keep(
            "metadata token", self.ask("imds", "PUT", "/latest/api/token", ttl)
        )
        shown = {"X-aws-ec2-metadata-token": token}
        for path in (
            ROLE_DOCUMENT,
            ROLE_DOCUMENT.replace("credentials/", "credentials-extended/"),
            "/latest/meta-data/identity-credentials/ec2/security-credentials/ec2-instance",
        ):
            self.document(self.ask("imds", "GET", path, shown))
        self.document(self.ask("imds", "GET", ROLE_DOCUMENT))  # IMDSv1
        wrong = self.secrets.keep("metadata token, wrong", token[:30] + "A" * 10 + token[40:])
        for path in ("/latest/meta-data/", ROLE_DOCUMENT, "/nowhere"):
            self.ask("imds", "GET", path, {"X-aws-ec2-metadata-token": wrong})
        self.ask("imds", "GET", "/nowhere", shown)
        self.ask("imds", "DELETE", "/latest/api/token", shown)
        self.ask("imds", "PUT", "/latest/api/token", {**ttl, **shown, "X-Forwarded-For": "1.2.3.4"})
        self.ask("imds", "GET", f"/latest/meta-data/?token={token}&X-Amz-Security-Token={wrong}")
        self.malformed(f"GET /latest/meta-data/ HTTP/1.1\r\nX-aws-ec2-metadata-token: {token}\x01")
        self.malformed(f"GET / HTTP/9.9\r\nAuthorization: {wrong}\r\nX-Amz: {token}")

    def malformed(self, head: str) -> None:
        """What no parser accepts; the surface answers it from the raw head."""
        with socket.create_connection(("127.0.0.1", self.port("imds"))) as connection:
            connection.sendall(head.encode() + b"\r\n\r\n")
            answer = connection.recv(65536).decode()
        assert " 400 " in answer or " 505 " in answer
        self.errors.append(("malformed", answer))

    def containers(self) -> None:
        for name in ("api-1", "orders-1", "thumb"):
            self.full_uri(self.running.environment(name))
        plain = self.running.environment("plain")
        self.secrets.keep("secret access key", plain["AWS_SECRET_ACCESS_KEY"])
        self.secrets.keep("session token", plain["AWS_SESSION_TOKEN"])
        if shown := plain.get("AWS_LAMBDA_METADATA_TOKEN"):
            self.secrets.keep("Lambda metadata token", shown)
            place = "/2026-01-15/metadata/execution-environment"
            self.ask("lambda", "GET", place, {"Authorization": f"Bearer {shown}"})
            self.ask("lambda", "GET", place, {"Authorization": f"Bearer x{shown}"})
        for path in ("plain", "vault", "gg", "shell"):
            token = self.secrets.keep("authorization token", f"{OPEN}-{path}")
            wrong = self.secrets.keep("authorization token, wrong", f"wrong-{OPEN}-{path}-wrong")
            at = f"/{path}/" if path == "gg" else f"/{path}"
            self.document(self.ask("generic", "GET", at, {"Authorization": token}))
            self.ask("generic", "GET", at, {"Authorization": wrong})
            for value in (token, wrong):
                self.ask("generic", "GET", f"{at}?token={value}", {"X-Token": value})
        role = f"/vault/role-arn/{ARN}role/deploy"
        self.document(self.ask("generic", "GET", role, {"Authorization": f"{OPEN}-vault"}))
        ttl = {"X-aws-ec2-metadata-token-ttl-seconds": "60"}
        issued = self.secrets.keep(
            "metadata token of CloudShell", self.ask("generic", "PUT", "/latest/api/token", ttl)
        )
        self.document(self.ask("generic", "GET", "/shell", {"X-aws-ec2-metadata-token": issued}))

    def full_uri(self, environment: Mapping[str, str]) -> None:
        place = urlsplit(environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"])
        surface = next(s for s in ("ecs", "eks", "lambda") if self.port(s) == place.port)
        shown = environment.get("AWS_CONTAINER_AUTHORIZATION_TOKEN")
        if file := environment.get("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"):
            shown = Path(file).read_text()
        if shown is None:
            shown = "an-authorization-that-nobody-asked-for"
        self.secrets.keep(f"authorization token of {surface}", shown)
        self.document(self.ask(surface, "GET", place.path, {"Authorization": shown}))
        wrong = f"{shown[:-12]}WrongWrong12"
        self.secrets.keep(f"authorization token of {surface}, wrong", wrong)
        self.ask(surface, "GET", place.path + "x", {"Authorization": wrong})
        self.ask(surface, "GET", place.path, {"Authorization": wrong})
        self.ask(surface, "PUT", f"{place.path}?authorization={wrong}", {"Authorization": shown})

    # The STS.

    def call(
        self, action: str, given: Mapping[str, str] = NOTHING, keys: tuple[str, ...] = USER
    ) -> str:
        """A signed call; what it hands out is kept."""
        text = self.signed({"Action": action, "Version": "2011-06-15", **given}, keys)
        for name in ("SecretAccessKey", "SessionToken", "WebIdentityToken"):
            for value in re.findall(f"<{name}>(.*?)</{name}>", text):
                self.secrets.keep(f"{name} of {action}", value)
        return text

    def signed(self, given: Mapping[str, str], keys: tuple[str, ...]) -> str:
        host = f"127.0.0.1:{self.port('sts')}"
        fields = [("Host", host), ("Content-Type", "application/x-www-form-urlencoded")]
        request = Request("POST", "/", Headers(fields), urlencode(given).encode())
        key_id, secret, *more = keys
        token = Secret(more[0]) if more else None
        request = sign(request, key_id, Secret(secret), token, REGION, CLOCK.wall())
        proof = str(request.headers.get("authorization")).rpartition("=")[2]
        self.secrets.keep("signature", proof)
        return self.ask("sts", "POST", "/", dict(request.headers), request.body)

    def unsigned(self, action: str, **given: str) -> str:
        body = urlencode({"Action": action, "Version": "2011-06-15", **given}).encode()
        fields = {"Content-Type": "application/x-www-form-urlencoded"}
        text = self.ask("sts", "POST", "/", fields, body)
        self.ask("sts", "GET", f"/?{body.decode()}")  # the same, in the URL
        for name in ("SecretAccessKey", "SessionToken"):
            for value in re.findall(f"<{name}>(.*?)</{name}>", text):
                self.secrets.keep(f"{name} of {action}", value)
        return text

    def sts(self) -> None:
        assert "<GetCallerIdentityResult>" in self.call("GetCallerIdentity")
        mfa = {
            "SerialNumber": SERIAL,
            "TokenCode": self.secrets.keep_code(code(Secret(SEED), step_of(CLOCK.wall()))),
        }
        session = self.keys(self.call("GetSessionToken", mfa))
        self.call("GetSessionToken", mfa)  # it was used
        wrong = self.secrets.keep_code("987654")
        # What has not the form of a code is none; AWS repeats it to who sent it, and so do we.
        for bad in (wrong, "98765a"):
            self.call("GetSessionToken", {**mfa, "TokenCode": bad})
        self.keys(self.call("GetFederationToken", {"Name": "guest"}))
        deploy = {"RoleArn": f"{ARN}role/deploy", "RoleSessionName": "build"}
        assumed = self.keys(self.call("AssumeRole", deploy, session))
        self.call("AssumeRole", {**deploy, "RoleArn": f"{ARN}role/closed"})
        task = "arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials"
        root = {"TargetPrincipal": "444455556666", "TaskPolicyArn.arn": task}
        self.keys(self.call("AssumeRoot", root))
        outbound = {"SigningAlgorithm": "RS256", "Audience.member.1": "https://api.example.com"}
        assert "<WebIdentityToken>" in self.call("GetWebIdentityToken", outbound)
        context = self.secrets.keep("context assertion", "context-assertion-context-assertion")
        provided = "ProvidedContexts.member.1"
        for provider in ("arn:aws:iam::aws:contextProvider/IdentityCenter", "none"):
            self.call("AssumeRole", {
                **deploy,
                f"{provided}.ProviderArn": provider,
                f"{provided}.ContextAssertion": context,
            })  # fmt: skip
        trade = self.secrets.keep("trade-in token", "trade-in-token-trade-in-token-trade-in")
        for value in (trade, f"\x01{trade}"):
            self.call("GetDelegatedAccessToken", {"TradeInToken": value})
        sealed = self.secrets.keep("sealed message", "sealed-message-" * 4)
        self.call("DecodeAuthorizationMessage", {"EncodedMessage": sealed})
        self.wrong(session, assumed)

    def wrong(self, *sets: tuple[str, str, str]) -> None:
        """Keys that are not right, and URLs that carry what a header should."""
        mistaken = self.secrets.keep("secret access key, wrong", SECRET.replace("alices", "forger"))
        self.call("GetCallerIdentity", keys=(ALICE, mistaken))
        for key_id, secret, token in sets:
            bad = self.secrets.keep("session token, wrong", token[:-40] + "B" * 40)
            self.call("GetCallerIdentity", keys=(key_id, secret, bad))
            self.call("GetCallerIdentity", keys=(key_id, mistaken, token))
            as_sts = cast(Sts, SimpleNamespace(clock=CLOCK, region=REGION))
            for shown, right in ((token, secret), (bad, secret), (token, mistaken)):
                url = presigned(as_sts, key_id, Secret(right), shown).target
                self.secrets.keep("signature", url.rpartition("=")[2])
                self.ask("sts", "GET", url, {"Host": "sts.local"})

    def keys(self, text: str) -> tuple[str, str, str]:
        found = [re.search(f"<{name}>(.*?)</{name}>", text) for name in (
            "AccessKeyId", "SecretAccessKey", "SessionToken")]  # fmt: skip
        assert all(found), text
        key_id, secret, token = (match[1] for match in found if match)
        return key_id, secret, token

    def federation(self) -> None:
        token = self.cli("oidc-token", "--issuer", "github", "--claim", "sub=repo:octo/cat").strip()
        token = self.secrets.keep("web identity token", token)
        ci = {"RoleArn": f"{ARN}role/ci", "RoleSessionName": "ci"}
        self.unsigned("AssumeRoleWithWebIdentity", WebIdentityToken=token, **ci)
        assertion = self.cli(
            "saml-assertion", "--provider", "corp", "--role", "staff", "--session-name", "joe"
        ).strip()
        self.secrets.keep("SAML assertion", assertion)
        self.secrets.keep("SAML assertion", base64.b64decode(assertion).decode())
        staff = {"RoleArn": f"{ARN}role/staff", "PrincipalArn": f"{ARN}saml-provider/corp"}
        self.unsigned("AssumeRoleWithSAML", SAMLAssertion=assertion, **staff)
        for name, bad in (
            ("WebIdentityToken", token[:-40] + "C" * 40),
            ("WebIdentityToken", "no-token-at-all-" * 3),
            ("WebIdentityToken", "!" + token[:3]),
        ):
            bad = self.secrets.keep("web identity token, wrong", bad) if len(bad) > 8 else bad
            self.unsigned("AssumeRoleWithWebIdentity", **{name: bad}, **ci)
        for bad in (assertion[:-400] + "D" * 400, "no assertion at all" * 3):
            self.secrets.keep("SAML assertion, wrong", bad)
            self.unsigned("AssumeRoleWithSAML", SAMLAssertion=bad, **staff)
        irsa = Path(self.running.environment("cart-1")["AWS_WEB_IDENTITY_TOKEN_FILE"]).read_text()
        self.secrets.keep("service account token", irsa)
        web = {"RoleArn": f"{ARN}role/web", "RoleSessionName": "irsa"}
        self.unsigned("AssumeRoleWithWebIdentity", WebIdentityToken=irsa, **web)

    # The control surface.

    def control(self) -> None:
        shown = {"Authorization": f"Bearer {ADMIN_TOKEN}", "Content-Type": "application/json"}
        self.secrets.keep("admin token", ADMIN_TOKEN)
        wrong = self.secrets.keep("admin token, wrong", f"{ADMIN_TOKEN}-wrong-wrong-wrong")
        self.ask("admin", "GET", "/v1/status", {"Authorization": f"Bearer {wrong}"})
        self.ask("admin", "GET", f"/v1/status?token={wrong}", shown)
        bob = self.running.environment("user/bob")
        self.secrets.keep("secret access key", bob["AWS_SECRET_ACCESS_KEY"])
        document = self.document(self.ask("imds", "GET", ROLE_DOCUMENT))
        for path, given in (
            ("verify", {"access_key_id": document["AccessKeyId"], "session_token": "x" * 40}),
            ("verify", {"access_key_id": document["AccessKeyId"], "session_token":
                        document["Token"][:-40] + "E" * 40}),
            ("verify", {"session_token": document["Token"]}),
            ("exchange", {"surface": "imds", "path": ROLE_DOCUMENT,
                          "headers": [["X-aws-ec2-metadata-token", document["Token"]]]}),
            ("exchange", {"surface": "imds", "path": "/", "headers": [document["Token"]]}),
        ):  # fmt: skip
            self.ask("admin", "POST", f"/v1/{path}", shown, json.dumps(given).encode())

    def cli(self, *argv: str) -> str:
        return self.running.imds_sim(*argv).stdout


def shown_by(day: Day) -> Iterator[tuple[str, str]]:
    """Everything that the daemon and its commands show, and what it is."""
    shown = {"Authorization": f"Bearer {ADMIN_TOKEN}"}
    for path in ("status", "workloads", "clients", "journal", "audit", "faults", "certificates"):
        yield path, day.ask("admin", "GET", f"/v1/{path}", shown)
    yield "metrics", day.ask("admin", "GET", "/metrics", shown)
    for command in (
        "status", "clients", "journal", "journal --har -", "audit", "fault list", "rotate",
        "restore --as thumb", "reload", "why --principal user/alice --role deploy",
        "doctor --config config.yaml",
    ):  # fmt: skip
        done = day.running.imds_sim(*command.split(), check=False)
        assert done.returncode in (0, 1), (command, done.stderr)
        yield command, done.stdout + done.stderr
    yield from day.errors


def written_by(day: Day) -> Iterator[tuple[str, str]]:
    """What it left behind."""
    day.running.process.send_signal(signal.SIGQUIT)  # the stacks of all threads
    assert day.running.stop() == 0
    assert day.running.process.stdout is not None
    yield "standard output", day.running.process.stdout.read()
    yield "log", day.running.log()
    for name in ("journal.jsonl", "audit.jsonl", "ready.json"):
        yield name, (day.running.folder / name).read_text()


@pytest.fixture
def day(tmp_path: Path) -> Iterator[Day]:
    (tmp_path / "token").write_text(ADMIN_TOKEN)
    (tmp_path / "token").chmod(0o600)
    with daemon(tmp_path, CONFIG) as running:
        yield Day(running)


@pytest.mark.slow
def test_no_secret_is_in_what_the_daemon_writes_and_shows(day: Day) -> None:
    day.secrets.keep("secret access key of a user", SECRET)
    day.secrets.keep("seed of an MFA device", SEED)
    key = (day.running.folder / "state" / "state.key").read_bytes()
    day.secrets.keep("state key", key.hex())
    day.secrets.keep("state key", base64.b64encode(key).decode())
    for part in (day.metadata, day.containers, day.sts, day.federation, day.control):
        part()
    places = [*shown_by(day), *written_by(day)]
    leaks = {f"{place}: {leak}" for place, text in places for leak in day.secrets.leaked_in(text)}
    assert leaks == set()
    kinds = {"metadata token", "session token", "SAML assertion", "service account token"}
    assert kinds <= day.secrets.kinds
    found = dict(places)
    assert found["log"].count('"event": "request.answered"') > 50
    assert found["journal"].count("***") > 10, "there was something to mask"
    assert "HIDDEN_DUE_TO_SECURITY_REASONS" in found["audit.jsonl"]
    assert len(day.errors) > 30
    # The search finds what is there: each secret, wherever it is put.
    for place, text in places:
        planted = f"{text[:100]}{SECRET}{text[100:]}"
        assert day.secrets.leaked_in(planted), place


@pytest.mark.parametrize("before", ["", "a", "ab"])
def test_the_search_finds_every_form_of_a_secret(before: str) -> None:
    secret = "sécret/with+every?thing=in&it, and long"
    secrets = Secrets()
    secrets.keep("it", secret)
    raw = f"{before}{secret}{before}"
    for text in (
        raw,
        urlencode({"x": raw}),
        json.dumps(raw),
        base64.b64encode(raw.encode()).decode(),
        base64.urlsafe_b64encode(raw.encode()).decode(),
        raw.encode().hex(),
        raw[8:-8],
    ):
        assert secrets.leaked_in(f"some {text} log"), text
    assert secrets.leaked_in("some other log, with the word secret in it") == []
    assert len(dict(forms(secret))) >= 6
