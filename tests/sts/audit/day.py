"""A scripted day of one simulator: the same calls, clock and chance give the same audit.

`python -m tests.sts.audit.day > tests/sts/audit/day.jsonl` records it anew; the file is then to be
read line by line, by a person, against the records that AWS documents.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from imds_sim.config.build import build_world
from imds_sim.config.load import parse_config
from imds_sim.iam.authorize import Call, authorize
from imds_sim.iam.generations import Generations
from imds_sim.iam.principals import RoleSessionPrincipal
from imds_sim.kernel.clock import ManualClock
from imds_sim.kernel.entropy import SeededEntropy
from imds_sim.kernel.exchange import Connection, Surface
from imds_sim.kernel.identifiers import Identifiers
from imds_sim.kernel.message import Headers, Request, Response
from imds_sim.kernel.secret import Secret
from imds_sim.simulator.core import Core, derived_key
from imds_sim.sts.federation.saml_identity_provider import AssertionRequest
from imds_sim.sts.query_api.sigv4 import sign
from imds_sim.sts.signer import Signer
from imds_sim.sts.totp import code, step_of
from imds_sim.workloads.task import Task

STATE_KEY = bytes(range(32))
MORNING = datetime(2026, 3, 2, 8, 0, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
ACCOUNT, PARTNER = "111122223333", "444455556666"
SEED = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
CLI = "aws-cli/2.31.0 md/awscrt#0.27 ua/2.1 os/linux#6.1 lang/python#3.13 command#sts"
WORLD = """
account: "111122223333"
region: eu-west-1
accounts:
  "111122223333": {organization: {id: o-a1b2c3d4e5}, outbound_web_identity_federation: true}
  "444455556666": {organization: {id: o-a1b2c3d4e5}}
users:
  alice:
    path: /team/
    access_keys: [{id: AKIA2LICE23456723456, secret: alicesecretalicesecretalicesecretalicese}]
    policies: {all: &all {Version: "2012-10-17", Statement: {Effect: Allow, Action: "sts:*", Resource: "*"}}}
    mfa_devices: [{serial: "arn:aws:iam::111122223333:mfa/alice", seed: JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP}]
  bob:
    access_keys: [{id: AKIA2BOB234567234567, secret: bobsecretbobsecretbobsecretbobsecretbobs}]
roles:
  web: {policies: {all: *all}}
  worker: {}
  resize: {}
  closed: {trust: none}
  ci: {trust: {Version: "2012-10-17", Statement: {Effect: Allow, Principal: {Federated: "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"}, Action: ["sts:AssumeRoleWithWebIdentity", "sts:TagSession"], Condition: {StringLike: {"token.actions.githubusercontent.com:sub": "repo:octo/*"}}}}}
  staff: {trust: {Version: "2012-10-17", Statement: {Effect: Allow, Principal: {Federated: "arn:aws:iam::111122223333:saml-provider/corp"}, Action: ["sts:AssumeRoleWithSAML", "sts:TagSession", "sts:SetSourceIdentity"]}}}
  deploy: {path: /ops/, policies: {all: *all}, trust: &trust {Version: "2012-10-17", Statement: {Effect: Allow, Principal: {AWS: "arn:aws:iam::111122223333:root"}, Action: ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]}}}
  orders: {account: "444455556666", policies: {all: *all}, trust: *trust}
  archive: {account: "444455556666", trust: {Version: "2012-10-17", Statement: {Effect: Allow, Principal: {AWS: "arn:aws:iam::444455556666:role/orders"}, Action: ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]}}}
oidc_providers:
  "https://token.actions.githubusercontent.com": {built_in: true, name: github}
saml_providers: {corp: {built_in: true}}
instances:
  web-1: {id: i-0123456789abcdef0, role: web, metadata_options: {http_tokens: optional}}
  web-2: {id: i-0fedcba9876543210, role: closed, clients: ["172.30.0.12"]}
tasks:
  queue: {role: worker}
functions:
  resize: {role: resize, snap_start: true}
"""  # noqa: E501 - a document a line reads better here than one key a line


@dataclass(frozen=True)
class Keys:
    """What a client signs with."""

    access_key_id: str
    secret: str
    session_token: str | None = None


ALICE = Keys("AKIA2LICE23456723456", "alicesecretalicesecretalicesecretalicese")
BOB = Keys("AKIA2BOB234567234567", "bobsecretbobsecretbobsecretbobsecretbobs")


@dataclass
class Day:
    """The core, its clients, and every secret that was handed to one of them."""

    session_tokens: bool = False
    clock: ManualClock = field(default_factory=lambda: ManualClock(MORNING))
    secrets: set[str] = field(default_factory=lambda: {ALICE.secret, BOB.secret, SEED})

    def __post_init__(self) -> None:
        ids = Identifiers(derived_key(STATE_KEY, "identifiers"))
        text = WORLD + f"audit: {{session_tokens: {str(self.session_tokens).lower()}}}\n"
        world = build_world(parse_config(text), ids, Generations(), MORNING)
        self.core = Core(world, STATE_KEY, self.clock, SeededEntropy(7))

    def lives_through(self) -> None:
        """The whole day."""
        self.core.prime()  # 08:00: EC2 (v1, v2, and a refusal), ECS and Lambda fetch their sets
        self.later(minutes=5)
        self.morning_of_alice()
        self.later(minutes=10)
        self.partners()
        self.later(minutes=10)
        self.refusals()
        self.later(minutes=10)
        self.questions()
        self.later(minutes=10)
        self.workloads()
        self.federation()
        self.staff()

    def morning_of_alice(self) -> None:
        self.call(ALICE, "GetCallerIdentity")
        mfa = code(Secret(SEED), step_of(self.clock.wall()))
        self.secrets.add(mfa)
        serial = "arn:aws:iam::111122223333:mfa/alice"
        session = self.keys(
            self.call(
                ALICE, "GetSessionToken", SerialNumber=serial, TokenCode=mfa, DurationSeconds="3600"
            )
        )
        self.call(session, "GetCallerIdentity")
        deploy = self.keys(self.assume(session, "deploy", "ops/", session_name="release"))
        self.call(deploy, "GetCallerIdentity")
        plain = self.call(ALICE, "GetSessionToken")
        self.call(self.keys(plain), "GetCallerIdentity", host="sts.amazonaws.com")
        policy = '{"Version":"2012-10-17","Statement":[]}'.replace(
            "[]", '[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]'
        )
        guest = self.keys(
            self.call(
                ALICE,
                "GetFederationToken",
                Name="guest",
                Policy=policy,
                **{"Tags.member.1.Key": "Team", "Tags.member.1.Value": "blue"},
            )
        )
        self.call(guest, "GetCallerIdentity")
        self.assume(guest, "deploy", "ops/", session_name="no")

    def partners(self) -> None:
        """Another account: two records for one call; tags and source identity go on."""
        tags = {
            "Tags.member.1.Key": "Project",
            "Tags.member.1.Value": "Unicorn",
            "Tags.member.2.Key": "Stage",
            "Tags.member.2.Value": "test",
            "TransitiveTagKeys.member.1": "Project",
            "SourceIdentity": "alice",
            "ExternalId": "4711",
            "DurationSeconds": "1800",
        }
        orders = self.keys(self.assume(ALICE, "orders", account=PARTNER, **tags))
        self.call(orders, "GetCallerIdentity")
        archive = self.keys(self.assume(orders, "archive", account=PARTNER))
        self.call(archive, "GetCallerIdentity")
        target = {"TargetPrincipal": PARTNER}
        target["TaskPolicyArn.arn"] = (
            "arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials"
        )
        root = self.keys(self.call(ALICE, "AssumeRoot", **target))
        self.call(root, "GetCallerIdentity")

    def refusals(self) -> None:
        """Recorded: who is known and may not, or asks wrongly. Not recorded: the three last."""
        self.assume(BOB, "deploy", "ops/")
        self.assume(BOB, "nobody")
        self.assume(BOB, "orders", account=PARTNER)
        self.assume(ALICE, "deploy", "ops/", session_name="!")
        self.assume(ALICE, "deploy", "ops/", DurationSeconds="long")
        self.call(BOB, "GetAccessKeyInfo", AccessKeyId=ALICE.access_key_id)
        self.call(ALICE, "GetDelegatedAccessToken", TradeInToken="t" * 20)
        self.call(self.forger(), "GetCallerIdentity")
        self.call(Keys("AKIA2NOBODY234567234", "x"), "GetCallerIdentity")
        self.call(ALICE, "GetNothing")

    def questions(self) -> None:
        self.call(ALICE, "GetAccessKeyInfo", AccessKeyId=BOB.access_key_id)
        role = self.core.world.directory.roles[f"arn:aws:iam::{ACCOUNT}:role/worker"]
        principal = RoleSessionPrincipal(role, "worker")
        denial = authorize(
            self.core.world.directory, Call(principal, "ec2:RunInstances", "*", context={})
        )
        message = self.core.sts.encode_authorization_message(denial, Signer(principal))
        self.call(ALICE, "DecodeAuthorizationMessage", EncodedMessage=message)
        self.call(ALICE, "DecodeAuthorizationMessage", EncodedMessage="none")

    def workloads(self) -> None:
        """Sets that EC2 and ECS delivered, their renewal, and their end."""
        first = self.from_instance(v1=True)
        self.call(first, "GetCallerIdentity", source="172.31.0.9", agent="Boto3/1.40.0")
        second = self.from_instance(v1=False)
        self.call(second, "GetCallerIdentity", source="172.31.0.9", agent="Boto3/1.40.0")
        self.assume(second, "deploy", "ops/", source="172.31.0.9", agent="Boto3/1.40.0")
        task = self.from_task()
        self.call(task, "GetCallerIdentity", source="", agent=None)
        self.later(hours=1)  # 09:45: every set has fallen due
        self.core.tick()
        self.call(first, "GetCallerIdentity", source="::ffff:172.31.0.9")
        self.later(hours=7)  # what came at 08:00 has expired; its use is not recorded
        self.call(first, "GetCallerIdentity")
        self.core.tick()

    def federation(self) -> None:
        """A web identity, and who may not: recorded is what the provider vouches for."""
        token = self.github("repo:octo/cat:ref:refs/heads/main")
        ci = self.keys(self.with_web_identity(token, DurationSeconds="3600"))
        self.call(ci, "GetCallerIdentity")
        tags = {"https://aws.amazon.com/tags": {"principal_tags": {"Project": ["Pegasus"]}}}
        self.with_web_identity(self.github("repo:octo/dog", **tags))
        self.with_web_identity(self.github("repo:evil/cat"))
        self.with_web_identity(token[:-8] + "AAAAAAAA")
        self.with_web_identity(self.github("repo:octo/cat", exp=0))
        outbound = self.call(
            ALICE,
            "GetWebIdentityToken",
            SigningAlgorithm="ES384",
            DurationSeconds="300",
            **{"Audience.member.1": "https://api.example.com"},
        )
        found = re.search("<WebIdentityToken>(.*)</WebIdentityToken>", outbound.body.decode())
        self.secrets |= {found[1]} if found else set()

    def staff(self) -> None:
        """An assertion, for its role and for another; one that the provider did not sign."""
        response = self.corp("staff")
        staff = self.keys(self.with_saml(response, "staff", DurationSeconds="1800"))
        self.call(staff, "GetCallerIdentity")
        self.with_saml(response, "deploy")
        self.with_saml(response[:-400] + "A" * 400, "staff")

    def corp(self, role: str) -> str:
        """A response of the built-in SAML provider."""
        order = AssertionRequest(
            (f"arn:aws:iam::{ACCOUNT}:role/{role}",),
            "carol",
            subject="carol@example.com",
            tags={"CostCenter": "4711"},
            transitive_tag_keys=("CostCenter",),
            source_identity="carol",
        )
        response = self.core.sts.saml_providers.built_in("corp").response(order).reveal()
        self.secrets.add(response)
        return response

    def with_saml(self, response: str, role: str, **parameters: str) -> Response:
        """An unsigned call."""
        return self.unsigned(
            "AssumeRoleWithSAML",
            RoleArn=f"arn:aws:iam::{ACCOUNT}:role/{role}",
            PrincipalArn=f"arn:aws:iam::{ACCOUNT}:saml-provider/corp",
            SAMLAssertion=response,
            **parameters,
        )

    def github(self, subject: str, **claims: object) -> str:
        """A token of the built-in provider."""
        issuers = self.core.sts.issuers
        given = {"sub": subject, "aud": "sts.amazonaws.com", **claims}
        token = issuers.of(issuers.provider("github")).mint(given, HOUR).reveal()
        self.secrets.add(token)
        return token

    def with_web_identity(self, token: str, **parameters: str) -> Response:
        """An unsigned call."""
        return self.unsigned(
            "AssumeRoleWithWebIdentity",
            RoleArn=f"arn:aws:iam::{ACCOUNT}:role/ci",
            RoleSessionName="GitHubActions",
            WebIdentityToken=token,
            **parameters,
        )

    def unsigned(self, action: str, **parameters: str) -> Response:
        given = {"Action": action, "Version": "2011-06-15", **parameters}
        fields = [
            ("Host", "sts.eu-west-1.amazonaws.com"),
            ("Content-Type", "application/x-www-form-urlencoded"),
            ("User-Agent", "configure-aws-credentials-for-github-actions"),
        ]
        over = Connection(Surface.STS, None, "192.0.2.20", 40000, "127.0.0.1", 1339)
        request = Request("POST", "/", Headers(fields), urlencode(given).encode())
        return self.core.handle(over, request)

    @staticmethod
    def alice() -> Keys:
        """The long-term key of a user that may call everything."""
        return ALICE

    @staticmethod
    def forger() -> Keys:
        """Somebody who knows alice's key id and not the secret."""
        return Keys(ALICE.access_key_id, "wrong")

    def later(self, **by: float) -> None:
        self.clock.advance(timedelta(**by))

    def assume(
        self,
        keys: Keys,
        role: str,
        path: str = "",
        account: str = ACCOUNT,
        session_name: str = "build",
        **parameters: str | None,
    ) -> Response:
        arn = f"arn:aws:iam::{account}:role/{path}{role}"
        return self.call(
            keys, "AssumeRole", RoleArn=arn, RoleSessionName=session_name, **parameters
        )

    def call(
        self,
        keys: Keys,
        action: str,
        *,
        source: str | None = "192.0.2.10",
        agent: str | None = CLI,
        host: str | None = "sts.eu-west-1.amazonaws.com",
        **parameters: str | None,
    ) -> Response:
        given = {name: value for name, value in parameters.items() if value is not None}
        body = urlencode({"Action": action, "Version": "2011-06-15", **given}).encode()
        fields = [("Host", host or ""), ("Content-Type", "application/x-www-form-urlencoded")]
        if agent is not None:
            fields.append(("User-Agent", agent))
        request = sign(
            Request("POST", "/", Headers(fields), body),
            keys.access_key_id,
            Secret(keys.secret),
            Secret(keys.session_token) if keys.session_token else None,
            "eu-west-1",
            self.clock.wall(),
        )
        connection = Connection(Surface.STS, None, source or "", 40000, "127.0.0.1", 1339)
        return self.core.handle(connection, request)

    def keys(self, response: Response) -> Keys:
        """The credentials in an answer of the STS."""
        text = response.body.decode()
        found = [
            re.search(f"<{name}>(.*)</{name}>", text)
            for name in ("AccessKeyId", "SecretAccessKey", "SessionToken")
        ]
        key_id, secret, session_token = (match[1] for match in found if match)
        return self._handed_out(Keys(key_id, secret, session_token))

    def from_instance(self, v1: bool) -> Keys:
        """What the metadata service delivers to web-1."""
        over = Connection(Surface.IMDS, None, "127.0.0.1", 40000, "127.0.0.1", 1338)
        fields = []
        if not v1:
            ttl = Headers([("X-aws-ec2-metadata-token-ttl-seconds", "60")])
            issued = self.core.handle(over, Request("PUT", "/latest/api/token", ttl))
            self.secrets.add(issued.body.decode())
            fields = [("X-aws-ec2-metadata-token", issued.body.decode())]
        path = "/latest/meta-data/iam/security-credentials/web"
        return self._of_document(self.core.handle(over, Request("GET", path, Headers(fields))))

    def from_task(self) -> Keys:
        """What the ECS agent delivers to the task."""
        task = self.core.world.resolver.named("queue")
        assert isinstance(task, Task)
        over = Connection(Surface.ECS, None, "127.0.0.1", 40000, "127.0.0.1", 1340)
        request = Request("GET", task.credentials_path, Headers([("Host", "169.254.170.2")]))
        return self._of_document(self.core.handle(over, request))

    def _of_document(self, response: Response) -> Keys:
        document = json.loads(response.body)
        keys = Keys(document["AccessKeyId"], document["SecretAccessKey"], document["Token"])
        return self._handed_out(keys)

    def _handed_out(self, keys: Keys) -> Keys:
        self.secrets |= {keys.secret, keys.session_token or keys.secret}
        return keys


def lines() -> Iterator[str]:
    """The audit of the day, a record a line."""
    day = Day()
    day.lives_through()
    for record in day.core.audit:
        yield json.dumps(record, separators=(",", ":"))


if __name__ == "__main__":
    for line in lines():
        print(line)
