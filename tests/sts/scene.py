from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from imds_sim.iam.accounts import Account
from imds_sim.iam.directory import Directory
from imds_sim.iam.document import NamedPolicy, Policy, trust_for_services
from imds_sim.iam.entities import AccessKey, MfaDevice, OidcProvider, Role, SamlProvider, User
from imds_sim.iam.grammar import parse_policy, parse_trust_policy
from imds_sim.iam.kinds import PolicyKind
from imds_sim.iam.principals import ServicePrincipal, UserPrincipal
from imds_sim.kernel.clock import ManualClock
from imds_sim.kernel.entropy import SeededEntropy
from imds_sim.kernel.exchange import Connection, Surface
from imds_sim.kernel.keys import ProcessKeys
from imds_sim.kernel.message import Headers, Request, Response
from imds_sim.kernel.secret import Secret
from imds_sim.sts.authority import Credentials
from imds_sim.sts.mfa import UsedCodes
from imds_sim.sts.operations.assume_role import AssumedRole, AssumeRoleRequest
from imds_sim.sts.query_api.handler import StsQueryHandler
from imds_sim.sts.query_api.sigv4 import sign
from imds_sim.sts.service import Service
from imds_sim.sts.sessions import SessionSealer
from imds_sim.sts.signer import Signer
from tests.keys import KEYS

ACCOUNT = "111122223333"
STATE_KEY = bytes(range(32))
EC2 = ServicePrincipal("ec2.amazonaws.com")
INSTANCE = "i-0123456789abcdef0"
HOUR = timedelta(hours=1)


def trusting(*principals: str, **elements: Any) -> Any:
    """A trust policy that lets these ARNs assume the role."""
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": list(principals)},
        "Action": "sts:AssumeRole",
        **elements,
    }
    return parse_trust_policy({"Version": "2012-10-17", "Statement": statement})


def policy(kind: PolicyKind = PolicyKind.IDENTITY, **elements: Any) -> Policy:
    """A policy of one statement that allows the given `Action` on everything."""
    statement = {"Effect": "Allow", "Resource": "*", **elements}
    return parse_policy({"Version": "2012-10-17", "Statement": statement}, kind)


def granted(*actions: str, **elements: Any) -> tuple[NamedPolicy, ...]:
    """The policies of a user or role that may take these actions."""
    return (NamedPolicy("granted", policy(Action=list(actions), **elements)),)


WEB = Role("aws", ACCOUNT, "web", "AROAWEB23456723456723", trust_for_services([EC2.service]))
ALICE = User(
    "aws",
    ACCOUNT,
    "alice",
    "AIDAALICE234567234567",
    access_keys=(AccessKey("AKIAALICE23456723456", Secret("alice's secret")),),
)
SEED = Secret("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")  # RFC 6238, appendix B: 12345678901234567890
SERIAL = "arn:aws:iam::111122223333:mfa/bob"
BOB = User(  # may do everything in STS
    "aws",
    ACCOUNT,
    "bob",
    "AIDABOB23456723456723",
    path="/team/",
    access_keys=(AccessKey("AKIABOB2345672345672", Secret("bob's secret")),),
    policies=granted("sts:*"),
    tags={"Team": "red"},
    mfa_devices=(MfaDevice(SERIAL, SEED),),
)
BY_ALICE, BY_BOB = Signer(UserPrincipal(ALICE)), Signer(UserPrincipal(BOB))
DEPLOY = Role(
    "aws",
    ACCOUNT,
    "deploy",
    "AROADEPLOY23456723456",
    trusting(WEB.arn, ALICE.arn, BOB.arn),
    path="/team/",
    max_session_duration=2 * HOUR,
)


@dataclass(slots=True)
class Sts:
    """An STS with roles and a user; `roles` may be changed, and the service is made anew."""

    clock: ManualClock = field(default_factory=ManualClock)
    entropy: SeededEntropy = field(default_factory=lambda: SeededEntropy(7))
    region: str = "eu-west-1"
    roles: tuple[Role, ...] = (WEB, DEPLOY)
    users: tuple[User, ...] = (ALICE, BOB)
    managed_policies: Mapping[str, Policy] = field(default_factory=dict)
    accounts: tuple[Account, ...] = ()
    providers: tuple[OidcProvider, ...] = ()
    saml_providers: tuple[SamlProvider, ...] = ()
    strict_region: bool = False
    used_codes: UsedCodes = field(default_factory=UsedCodes)
    issuer_keys: ProcessKeys = field(default_factory=lambda: KEYS)

    @property
    def sealer(self) -> SessionSealer:
        return SessionSealer(STATE_KEY, self.entropy)

    @property
    def service(self) -> Service:
        directory = Directory.of(
            self.roles,
            self.users,
            self.managed_policies,
            self.accounts,
            self.providers,
            self.saml_providers,
        )
        return Service(
            directory,
            self.sealer,
            self.clock,
            self.entropy,
            self.region,
            self.used_codes,
            issuer_keys=self.issuer_keys,
        )

    @property
    def handler(self) -> StsQueryHandler:
        return StsQueryHandler(
            self.service, self.clock, self.entropy, self.region, self.strict_region
        )

    def without(self, role: Role) -> None:
        """Delete a role."""
        self.roles = tuple(each for each in self.roles if each.arn != role.arn)

    def changed(self, role: Role, **fields: Any) -> Role:
        """Replace fields of a role."""
        self.without(role)
        changed = replace(role, **fields)
        self.roles = (*self.roles, changed)
        return changed

    def signer(self, credentials: Credentials) -> Signer:
        """Whoever holds these credentials."""
        key_id, session_token = credentials.access_key_id, credentials.session_token.reveal()
        return self.service.authenticate(key_id, session_token).signer

    def on_instance(self, duration: timedelta = HOUR, **context: str) -> AssumedRole:
        """What EC2 delivers for the role `web`."""
        keys = {key.replace("__", ":"): value for key, value in context.items()}
        request = AssumeRoleRequest(WEB.arn, INSTANCE, duration)
        return self.service.assume_role(EC2, request, session_context=keys)


CONNECTION = Connection(Surface.STS, None, "127.0.0.1", 50000, "127.0.0.1", 1339)
FORM = "application/x-www-form-urlencoded; charset=utf-8"


def form(action: str, **parameters: str) -> bytes:
    """A form body; values are sent as they are."""
    pairs = {"Action": action, "Version": "2011-06-15", **parameters}
    return "&".join(f"{name}={value}" for name, value in pairs.items()).encode()


def post(body: bytes, headers: Mapping[str, str] | None = None) -> Request:
    """An unsigned POST."""
    fields = {"Host": "sts.local", "Content-Type": FORM, **(headers or {})}
    return Request("POST", "/", Headers(fields.items()), body)


def signed(
    sts: Sts, request: Request, assumed: AssumedRole | Credentials | User = ALICE
) -> Request:
    """The request signed with temporary credentials, or with a user's key."""
    if isinstance(assumed, User):
        [key] = assumed.access_keys
        return sign(request, key.id, key.secret, None, sts.region, sts.clock.wall())
    held = assumed.credentials if isinstance(assumed, AssumedRole) else assumed
    return sign(
        request,
        held.access_key_id,
        held.secret_access_key,
        held.session_token,
        sts.region,
        sts.clock.wall(),
    )


def answer(sts: Sts, request: Request) -> Response:
    return sts.handler.handle(request, CONNECTION)


def code_of(response: Response) -> str:
    """The error code of a response."""
    return response.body.decode().partition("<Code>")[2].partition("</Code>")[0]


def message_of(response: Response) -> str:
    """The error message of a response, as it stands in the document."""
    return response.body.decode().partition("<Message>")[2].partition("</Message>")[0]
