"""AssumeRoleWithSAML on the wire."""

from imds_sim.sts import limits
from imds_sim.sts.audit import particulars
from imds_sim.sts.operations.assume_role_with_saml import AssumeRoleWithSamlRequest
from imds_sim.sts.query_api.call import Outcome, UnsignedCall
from imds_sim.sts.query_api.credentials_elements import (
    MINIMUM_SIZE,
    credentials_element,
    size_elements,
)
from imds_sim.sts.query_api.elements import Element
from imds_sim.sts.query_api.members import read_policy_arns
from imds_sim.sts.query_api.parameters import Parameters


def read(parameters: Parameters) -> AssumeRoleWithSamlRequest:
    """The request, not judged yet. Raises MalformedInput."""
    return AssumeRoleWithSamlRequest(
        role_arn=parameters.required("RoleArn"),
        principal_arn=parameters.required("PrincipalArn"),
        saml_assertion=parameters.required("SAMLAssertion"),
        duration=parameters.duration("DurationSeconds", limits.DEFAULT_DURATION),
        policy=parameters.get("Policy"),
        policy_arns=read_policy_arns(parameters),
        minimum_session_token_size=parameters.integer(MINIMUM_SIZE),
    )


def answer(call: UnsignedCall) -> Outcome:
    """Assume the role, answered in the order of the API Reference's sample.

    Without session policies and tags there is no PackedPolicySize.
    """
    request = read(call.parameters)
    assumed = call.service.assume_role_with_saml(request, call.context, call.known)
    principal, assertion = assumed.principal, assumed.assertion
    result: list[Element] = [
        ("Issuer", assertion.issuer),
        ("AssumedRoleUser", [("AssumedRoleId", principal.user_id), ("Arn", principal.arn)]),
        credentials_element(assumed.credentials),
        ("Audience", assertion.recipient),
        ("SubjectType", assumed.subject_type),
    ]
    if assumed.packed_size is not None:
        result.append(("PackedPolicySize", assumed.packed_size))
    result.append(("NameQualifier", assumed.name_qualifier))
    if assumed.source_identity is not None:
        result.append(("SourceIdentity", assumed.source_identity))
    result.append(("Subject", assertion.subject or ""))
    result += size_elements(assumed.credentials, call.parameters)
    key_id = assumed.credentials.access_key_id
    who = f"{assertion.subject} of {assumed.provider.arn}"
    told = particulars.assume_role_with_saml(
        assumed.credentials,
        principal,
        assertion_id=assertion.identifier,
        provider_arn=assumed.provider.arn,
        subject=assertion.subject or "",
        subject_type=assumed.subject_type,
        issuer=assertion.issuer,
        audience=assertion.recipient,
        name_qualifier=assumed.name_qualifier,
        duration_seconds=call.parameters.integer("DurationSeconds"),
        policy=request.policy,
        policy_arns=request.policy_arns,
        principal_tags=assumed.contents.tags,
        transitive_tag_keys=assumed.contents.transitive_tag_keys,
        source_identity=assumed.source_identity,
        packed_size=assumed.packed_size,
    )
    done, expires_at = f"{who} became {principal.arn} with {key_id}", assumed.credentials.expires_at
    return Outcome(result, done, told, key_id, expires_at)
