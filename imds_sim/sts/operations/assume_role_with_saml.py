"""AssumeRoleWithSAML: credentials of a role for whoever a SAML provider vouches for.

Source: STS API Reference, AssumeRoleWithSAML; botocore's model for the constraints; IAM User Guide,
"Troubleshoot SAML federation", for the messages. That the role must be in the assertion is asked
before its trust policy: both are refused with the same words. An assertion may be used as often as
it is valid.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from imds_sim.iam.entities import Role, SamlProvider
from imds_sim.iam.principals import FederatedPrincipal, RoleSessionPrincipal
from imds_sim.kernel.arn import Arn, ArnMalformed
from imds_sim.sts import context_keys, limits
from imds_sim.sts.audit.identity import Identity, of_saml
from imds_sim.sts.authority import Authority, Credentials, Proposal
from imds_sim.sts.constraints import text_violations
from imds_sim.sts.contents import SessionContents
from imds_sim.sts.errors import AccessDenied, ValidationError
from imds_sim.sts.federation import saml_attributes
from imds_sim.sts.federation.errors import InvalidIdentityToken
from imds_sim.sts.federation.saml import Assertion, judged, read_response
from imds_sim.sts.federation.saml_providers import SamlProviders
from imds_sim.sts.role_authorization import actions_taken, permit_role, role_keys
from imds_sim.sts.sealed_session import SessionKind
from imds_sim.sts.session_policies import check_existence, check_policies
from imds_sim.sts.session_request import FederatedSessionRequest, check_role_limit
from imds_sim.sts.tags import session_tags

ASSUME_ROLE_WITH_SAML = "sts:AssumeRoleWithSAML"
RESERVED_ROLES = "AWSReservedSSO_"  # of IAM Identity Center, which alone assumes them


@dataclass(frozen=True, slots=True)
class AssumeRoleWithSamlRequest(FederatedSessionRequest):
    """What is asked for; the assertion may shorten the duration.

    `saml_assertion` is the whole response, in base64.
    """

    role_arn: str
    principal_arn: str
    saml_assertion: str = field(repr=False)

    def violations(self) -> list[str]:
        """Every constraint that the request breaks, in the model's order."""
        return [
            *text_violations("roleArn", self.role_arn, limits.ARN),
            *text_violations("principalArn", self.principal_arn, limits.ARN),
            *text_violations(
                "sAMLAssertion", self.saml_assertion, limits.SAML_ASSERTION, secret=True
            ),
            *self.session_violations(),
        ]


@dataclass(frozen=True, slots=True)
class RoleAssumedWithSaml:
    """What AssumeRoleWithSAML hands out, to whom, and on whose word.

    `packed_size` is None if neither policies nor tags were put into the session.
    """

    credentials: Credentials
    principal: RoleSessionPrincipal
    provider: SamlProvider
    assertion: Assertion
    contents: SessionContents
    packed_size: int | None = None
    source_identity: str | None = None

    @property
    def subject_type(self) -> str:
        return saml_attributes.subject_type(self.assertion)

    @property
    def name_qualifier(self) -> str:
        return saml_attributes.name_qualifier(self.assertion.issuer, self.provider)


def assume_role_with_saml(
    authority: Authority,
    providers: SamlProviders,
    request: AssumeRoleWithSamlRequest,
    given: Mapping[str, str],
    known: Callable[[Identity], None],
) -> RoleAssumedWithSaml:
    """Mint credentials on the word of a provider; `given` are condition keys of the connection.

    `known` is told who calls, once the assertion is proven and names a subject.

    Parameters come first, then the signature and what the assertion says, then trust, then the
    role's own limit.
    """
    if broken := request.violations():
        raise ValidationError.of(broken)
    account = _account_of(request.role_arn, "role/")
    _account_of(request.principal_arn, "saml-provider/")
    check_policies(request.policy, request.policy_arns, account)
    provider = authority.directory.saml_providers.get(request.principal_arn)
    if provider is None:
        raise InvalidIdentityToken("Specified provider doesn't exist.")
    now = authority.clock.now()
    proven = read_response(request.saml_assertion, provider, providers.certificates(provider))
    assertion = judged(proven, now)
    if assertion.subject is not None:
        qualifier = saml_attributes.name_qualifier(assertion.issuer, provider)
        known(of_saml(qualifier, assertion.subject, account))
    role_session_name = saml_attributes.session_name_in(assertion.attributes)
    source_identity = saml_attributes.source_identity_in(assertion.attributes)
    tags, transitive_tag_keys = saml_attributes.tags_in(assertion.attributes)
    session, transitive = session_tags(tags, transitive_tag_keys, {})
    contents = SessionContents(request.policy, request.policy_arns, session, transitive)
    duration = _duration(request, assertion, now)
    role = _granted_role(authority, request, assertion)
    holder = FederatedPrincipal(provider.arn)
    keys = {
        **saml_attributes.of_assertion(assertion, provider),
        **context_keys.of_tags(tags, transitive_tag_keys),
        **role_keys(authority, holder, role, role_session_name, source_identity, given),
    }
    actions = actions_taken(
        ASSUME_ROLE_WITH_SAML,
        tags=bool(contents.tags),
        source_identity=source_identity is not None,
    )
    try:
        permit_role(authority, holder, role, actions, keys)
    except AccessDenied as denied:
        raise _denied(denied.detail or "") from None
    check_role_limit(role, request.duration)
    check_existence(request.policy_arns, authority.directory)
    principal = RoleSessionPrincipal(role, role_session_name)
    credentials = authority.issue(
        Proposal(
            kind=SessionKind.ROLE,
            issuer_arn=role.arn,
            issuer_id=role.unique_id,
            name=principal.session_name,
            duration=duration,
            stream=f"session of {role.arn} for {provider.arn}",
            context=saml_attributes.lasting(assertion, provider),
            contents=contents,
            source_identity=source_identity,
            minimum_size=request.minimum_session_token_size or 0,
        )
    )
    return RoleAssumedWithSaml(
        credentials,
        principal,
        provider,
        assertion,
        contents,
        None if contents.is_empty else credentials.packed_size,
        source_identity,
    )


def _account_of(arn: str, kind: str) -> str:
    try:
        parsed = Arn.parse(arn)
    except ArnMalformed:
        raise ValidationError(f"{arn} is invalid") from None
    if parsed.service != "iam" or not parsed.resource.startswith(kind):
        raise ValidationError(f"{arn} is invalid")
    return parsed.account


def _duration(request: AssumeRoleWithSamlRequest, assertion: Assertion, now: datetime) -> timedelta:
    """The shortest of what was asked for and what the provider wants."""
    limits_set = [request.duration]
    if (wanted := saml_attributes.duration_in(assertion.attributes)) is not None:
        limits_set.append(wanted)
    if assertion.session_ends_at is not None:
        limits_set.append(assertion.session_ends_at - now)
    return min(limits_set)


def _granted_role(
    authority: Authority, request: AssumeRoleWithSamlRequest, assertion: Assertion
) -> Role:
    """The role, if it exists and the assertion gives it; AWS does not tell what is missing."""
    if assertion.subject is None:
        raise _denied("the assertion has no NameID")
    if not saml_attributes.is_granted(
        assertion.attributes, request.role_arn, request.principal_arn
    ):
        raise _denied("the assertion has no Role attribute with this role and this provider")
    role = authority.directory.role_with_arn(request.role_arn)
    if role is None:
        raise _denied("there is no such role")
    if role.name.startswith(RESERVED_ROLES):
        raise _denied("roles of IAM Identity Center are assumed by it alone")
    return role


def _denied(detail: str) -> AccessDenied:
    return AccessDenied.to_federated(ASSUME_ROLE_WITH_SAML, detail)
