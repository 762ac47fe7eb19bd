"""AssumeRole: temporary credentials for a session of a role.

Source: STS API Reference, AssumeRole; botocore's model for the constraints; recorded answers for
the order of the checks.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from imds_sim.iam.document import ASSUME_ROLE
from imds_sim.iam.entities import Role
from imds_sim.iam.principals import RoleSessionPrincipal, ServicePrincipal
from imds_sim.kernel.arn import Arn, ArnMalformed
from imds_sim.sts import context_keys, limits
from imds_sim.sts.authority import Authority, Credentials, Proposal
from imds_sim.sts.callers import check_caller
from imds_sim.sts.constraints import (
    duration_violations,
    list_violations,
    text_violations,
)
from imds_sim.sts.contents import SessionContents
from imds_sim.sts.errors import AccessDenied, ExpiredContextAssertion, ValidationError
from imds_sim.sts.role_authorization import actions_taken, permit_role, role_keys
from imds_sim.sts.sealed_session import SessionKind
from imds_sim.sts.session_policies import check_existence, check_policies, policy_violations
from imds_sim.sts.session_request import check_role_limit, token_size_violations
from imds_sim.sts.signer import Party, inherited_source_identity, inherited_tags
from imds_sim.sts.tags import Tag, session_tags, tag_violations


@dataclass(frozen=True, slots=True)
class ProvidedContext:
    """A statement about the caller's user by a context provider such as IAM Identity Center."""

    provider_arn: str
    context_assertion: str


@dataclass(frozen=True, slots=True)
class AssumeRoleRequest:
    """What is asked for. `duration` is 15 minutes to 12 hours; services may ask for less."""

    role_arn: str
    role_session_name: str
    duration: timedelta = limits.DEFAULT_DURATION
    external_id: str | None = None
    policy: str | None = None
    policy_arns: tuple[str, ...] = ()
    tags: tuple[Tag, ...] = ()
    transitive_tag_keys: tuple[str, ...] = ()
    serial_number: str | None = None
    token_code: str | None = None
    source_identity: str | None = None
    provided_contexts: tuple[ProvidedContext, ...] = ()
    minimum_session_token_size: int | None = None

    def violations(self, shortest: timedelta = limits.MIN_DURATION) -> list[str]:
        """Every constraint that the request breaks, in the model's order.

        `shortest` is the floor of the duration. AWS orders the clauses of one member as it happens;
        clients must not rely on it.
        """
        return [
            *text_violations("roleArn", self.role_arn, limits.ARN),
            *text_violations("roleSessionName", self.role_session_name, limits.ROLE_SESSION_NAME),
            *policy_violations(self.policy, self.policy_arns),
            *duration_violations("durationSeconds", self.duration, shortest, limits.MAX_DURATION),
            *tag_violations(self.tags, self.transitive_tag_keys),
            *text_violations("externalId", self.external_id, limits.EXTERNAL_ID),
            *text_violations("serialNumber", self.serial_number, limits.SERIAL_NUMBER),
            *text_violations("tokenCode", self.token_code, limits.TOKEN_CODE),
            *text_violations("sourceIdentity", self.source_identity, limits.SOURCE_IDENTITY),
            *_context_violations(self.provided_contexts),
            *token_size_violations(self.minimum_session_token_size),
        ]


@dataclass(frozen=True, slots=True)
class AssumedRole:
    """What AssumeRole hands out, and who its holder is from now on.

    `packed_size` is None if neither policies nor tags were put into the session.
    """

    credentials: Credentials
    principal: RoleSessionPrincipal
    packed_size: int | None = None
    source_identity: str | None = None


def assume_role(
    authority: Authority,
    caller: Party,
    request: AssumeRoleRequest,
    given: Mapping[str, str],
    session_context: Mapping[str, str],
    subject: str | None = None,
) -> AssumedRole:
    """Mint credentials for a session of a role.

    `given` are condition keys of the call, `session_context` those that the session will have.
    `subject` names whom a service calls for, where the name of the session does not.
    Parameters come first, then trust and policies, then the role's own limits, which do not bind
    services.
    """
    by_service = isinstance(caller, ServicePrincipal)
    for_service = by_service or subject is not None
    floor = limits.MIN_SERVICE_DURATION if for_service else limits.MIN_DURATION
    if broken := request.violations(floor):
        raise ValidationError.of(broken)
    contents = _checked_contents(caller, request)
    source_identity = _checked_source_identity(caller, request)
    with_mfa = authority.prove_mfa(caller, request.serial_number, request.token_code)
    role = _authorised(authority, caller, request, contents, source_identity, given, with_mfa)
    if request.provided_contexts:
        raise ExpiredContextAssertion(
            "The context assertion is expired or is not valid.",
            detail="context assertions come from AWS only; none can be verified here",
        )
    if not by_service:
        _check_role_limits(caller, role, request.duration)
    check_existence(request.policy_arns, authority.directory)
    principal = RoleSessionPrincipal(role, request.role_session_name)
    credentials = authority.issue(
        Proposal(
            kind=SessionKind.ROLE,
            issuer_arn=role.arn,
            issuer_id=role.unique_id,
            name=principal.session_name,
            duration=request.duration,
            stream=_stream(caller, role, principal.session_name, subject),
            context=session_context,
            contents=contents,
            source_identity=source_identity,
            minimum_size=request.minimum_session_token_size or 0,
            by_service=by_service,
        )
    )
    packed_size = None if contents.is_empty else credentials.packed_size
    return AssumedRole(credentials, principal, packed_size, source_identity)


def _context_violations(contexts: tuple[ProvidedContext, ...]) -> list[str]:
    if found := list_violations("providedContexts", len(contexts), 0, limits.MAX_PROVIDED_CONTEXTS):
        return found
    for number, context in enumerate(contexts, 1):
        member = f"providedContexts.{number}.member"
        found += text_violations(f"{member}.providerArn", context.provider_arn, limits.ARN)
        found += text_violations(
            f"{member}.contextAssertion",
            context.context_assertion,
            limits.CONTEXT_ASSERTION,
            secret=True,
        )
    return found


def _checked_contents(caller: Party, request: AssumeRoleRequest) -> SessionContents:
    """What goes into the session, with what it inherits; the first thing that is wrong is told."""
    try:
        account = Arn.parse(request.role_arn).account
    except ArnMalformed:
        raise ValidationError(f"{request.role_arn} is invalid") from None
    if not isinstance(caller, ServicePrincipal):
        check_caller(caller, "AssumeRole", request.role_arn)
    for context in request.provided_contexts:
        if ":contextProvider/" not in context.provider_arn:
            raise ValidationError(f"{context.provider_arn} is invalid")
    tags, transitive = session_tags(
        request.tags, request.transitive_tag_keys, inherited_tags(caller)
    )
    check_policies(request.policy, request.policy_arns, account)
    return SessionContents(request.policy, request.policy_arns, tags, transitive)


def _checked_source_identity(caller: Party, request: AssumeRoleRequest) -> str | None:
    """The source identity of the session: set once, it goes on through every chain."""
    inherited = inherited_source_identity(caller)
    if inherited is None:
        return request.source_identity
    if request.source_identity not in (None, inherited):
        raise ValidationError("The source identity is already set for this assume role session")
    return inherited


def _authorised(
    authority: Authority,
    caller: Party,
    request: AssumeRoleRequest,
    contents: SessionContents,
    source_identity: str | None,
    given: Mapping[str, str],
    with_mfa: bool,
) -> Role:
    """The role, if it exists and every action of the call is allowed.

    AWS does not tell a role that is missing from one that is forbidden.
    """
    role = authority.directory.role_with_arn(request.role_arn)
    if role is None:
        raise AccessDenied.of(caller.arn, ASSUME_ROLE, request.role_arn, "there is no such role")
    keys = role_keys(authority, caller, role, request.role_session_name, source_identity, given)
    keys |= context_keys.of_tags(request.tags, request.transitive_tag_keys)
    if with_mfa:
        keys |= context_keys.of_mfa(timedelta(0))
    if request.external_id is not None:
        keys["sts:ExternalId"] = request.external_id
    if request.provided_contexts:
        keys["sts:RequestContextProviders"] = tuple(
            context.provider_arn for context in request.provided_contexts
        )
    actions = actions_taken(
        ASSUME_ROLE,
        tags=bool(contents.tags),
        source_identity=source_identity is not None,
        contexts=bool(request.provided_contexts),
    )
    permit_role(authority, caller, role, actions, keys)
    return role


def _check_role_limits(caller: Party, role: Role, duration: timedelta) -> None:
    check_role_limit(role, duration)
    if (
        not isinstance(caller, ServicePrincipal)
        and caller.kind is SessionKind.ROLE
        and duration > limits.MAX_CHAINED_DURATION
    ):
        raise ValidationError(
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by "
            "role chaining."
        )


def _stream(caller: Party, role: Role, session_name: str, subject: str | None) -> str:
    """The stream of chance of a caller and a role: as many as the configuration has pairs.

    A service names its sessions after workloads, so each workload has a stream of its own; the
    names that callers of the API choose have no bound, and name no stream.
    """
    if subject is not None:
        return f"session of {role.arn} for {subject}"
    if isinstance(caller, ServicePrincipal):
        return f"session of {role.arn} for {caller.service} {session_name}"
    if isinstance(caller.principal, RoleSessionPrincipal):
        return f"session of {role.arn} for {caller.principal.role.arn}"
    return f"session of {role.arn} for {caller.principal.arn}"
