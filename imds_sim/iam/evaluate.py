"""The decision: may this requester take this action on this resource, and what decided it.

Source: IAM User Guide, "Policy evaluation logic" and "Cross-account policy evaluation logic".
"""

from collections.abc import Mapping

from imds_sim.iam.context import RequestContext
from imds_sim.iam.decision import Decision, DecisionEffect, MatchedStatement
from imds_sim.iam.kinds import PolicyKind
from imds_sim.iam.principals import (
    FederatedUserPrincipal,
    Requester,
    RoleSessionPrincipal,
    RootPrincipal,
)
from imds_sim.iam.request import EvaluationRequest, PolicySet
from imds_sim.iam.resources import Resource
from imds_sim.iam.subject import Grant, Subject
from imds_sim.iam.walk import Asked, Finding, Layer, failures, unnamed, walk

# No policy has a say in these (STS API Reference).
NEVER_DENIED = frozenset({"sts:getcalleridentity", "sts:getsessiontoken"})
# Seen by what binds identities only (AWS Lambda Developer Guide, "Source function ARN").
_KEY_OF_IDENTITIES = "lambda:sourcefunctionarn"
_SERVICE_LINKED = "/aws-service-role/"

ALLOW, IMPLICIT_DENY, EXPLICIT_DENY = DecisionEffect
TRUST, RESOURCE, IDENTITY, BOUNDARY, SESSION, SERVICE_CONTROL, RESOURCE_CONTROL = PolicyKind
_OF_THE_RESOURCE = frozenset({TRUST, RESOURCE, RESOURCE_CONTROL})

Findings = Mapping[PolicyKind, Finding]


def evaluate(request: EvaluationRequest, policies: PolicySet) -> Decision:
    """Decide whether `policies` let the requester take the action."""
    action, principal = request.action.lower(), request.principal
    if action in NEVER_DENIED:
        return _decided(request, ALLOW, remark=f"{request.action} needs no permission")
    if isinstance(principal, RootPrincipal) and action == "sts:assumerole":
        remark = "Roles may not be assumed by root accounts."
        return _decided(request, IMPLICIT_DENY, remark=remark)
    context = RequestContext.of(request.context)
    subject = Subject.of(principal, is_bounded=policies.boundary is not None)
    of_identity = Asked(action, Resource.of(request.resource), context, subject)
    of_resource = of_identity
    if _KEY_OF_IDENTITIES in context.values:
        of_resource = of_identity._replace(context=context.without(_KEY_OF_IDENTITIES))
    findings: dict[PolicyKind, Finding] = {}
    silent: dict[PolicyKind, Layer] = {}  # per kind the first layer that allows nothing
    for layer in _layers(principal, policies):
        asked = of_resource if layer.kind in _OF_THE_RESOURCE else of_identity
        finding = walk(layer, asked)
        if finding is None:
            silent.setdefault(layer.kind, layer)
        elif finding.matched.is_deny:
            denying = finding.matched
            return _decided(request, EXPLICIT_DENY, denying, (denying,))
        else:
            findings[layer.kind] = finding
    needed = _needed(request, policies, subject, findings)
    for kind in needed:
        if kind in silent or kind not in findings:
            asked = of_resource if kind in _OF_THE_RESOURCE else of_identity
            return _implicitly_denied(request, kind, silent.get(kind), asked)
    return _allowed(request, tuple([findings[kind].matched for kind in needed]))


def _layers(principal: Requester, policies: PolicySet) -> list[Layer]:
    """What is asked, in the order in which AWS names a Deny."""
    layers: list[Layer] = []
    if not _is_service_linked(principal):
        layers += [Layer(SERVICE_CONTROL, unnamed(level)) for level in policies.scps]
        layers += [Layer(RESOURCE_CONTROL, unnamed(level)) for level in policies.rcps]
    if policies.resource is not None:
        layers.append(Layer(_resource_kind(policies), ((None, policies.resource),)))
    if policies.identity:
        attached = tuple([(each.name, each.policy) for each in policies.identity])
        layers.append(Layer(IDENTITY, attached))
    if policies.boundary is not None:
        layers.append(Layer(BOUNDARY, ((None, policies.boundary),)))
    if policies.session is not None:
        layers.append(Layer(SESSION, unnamed(policies.session.policies)))
    return layers


def _needed(
    request: EvaluationRequest, policies: PolicySet, subject: Subject, findings: Findings
) -> list[PolicyKind]:
    """The kinds that must allow, in the order in which AWS asks for them.

    Resource control policies are not among them: the one that allows all cannot be detached.
    """
    principal, resource_kind = request.principal, _resource_kind(policies)
    if subject.account is None:  # nothing of IAM binds a service or the holder of a token
        return [resource_kind]
    needed = []
    if policies.scps and not _is_service_linked(principal):
        needed.append(SERVICE_CONTROL)
    is_foreign = request.resource_account not in (None, subject.account)
    found = findings.get(resource_kind)
    grant = None if found is None else found.grant
    if is_foreign or grant is not None or resource_kind is TRUST:
        needed.append(resource_kind)
    if is_foreign or grant is None or grant is Grant.DELEGATED:
        if not _is_root(principal):
            needed.append(IDENTITY)
    elif grant is Grant.DIRECT:
        return needed
    if policies.boundary is not None:
        needed.append(BOUNDARY)
    # A session of GetFederationToken without session policies may do nothing by itself.
    if policies.session is not None or isinstance(principal, FederatedUserPrincipal):
        needed.append(SESSION)
    return needed


def _resource_kind(policies: PolicySet) -> PolicyKind:
    if policies.resource is not None and policies.resource.kind is TRUST:
        return TRUST
    return RESOURCE


def _is_root(principal: Requester) -> bool:
    """Whether there are no identity policies because everything is allowed."""
    if isinstance(principal, FederatedUserPrincipal):
        return principal.user is None
    return isinstance(principal, RootPrincipal)


def _is_service_linked(principal: Requester) -> bool:
    return isinstance(principal, RoleSessionPrincipal) and principal.role.path.startswith(
        _SERVICE_LINKED
    )


def _allowed(request: EvaluationRequest, matched: tuple[MatchedStatement, ...]) -> Decision:
    """Told by the resource's policy or the identity's: service control policies give nothing."""
    if not matched:
        return _decided(request, ALLOW, remark="root may do everything in its account")
    giving = [each for each in matched if each.kind is not SERVICE_CONTROL]
    return _decided(request, ALLOW, giving[0] if giving else matched[0], matched)


def _implicitly_denied(
    request: EvaluationRequest, kind: PolicyKind, silent: Layer | None, asked: Asked
) -> Decision:
    account, where = asked.subject.account, ""
    if account is not None and request.resource_account not in (None, account):
        where = (
            f"{request.principal.arn} is of account {account}, "
            f"the resource of {request.resource_account}: "
        )
    return Decision(
        IMPLICIT_DENY,
        request.action,
        request.resource,
        kind,
        remark=f"{where}no {kind.noun} allows the {request.action} action",
        failures=("there is none",) if silent is None else failures(silent, asked),
        context=request.context,
    )


def _decided(
    request: EvaluationRequest,
    effect: DecisionEffect,
    decided_by: MatchedStatement | None = None,
    matched: tuple[MatchedStatement, ...] = (),
    remark: str = "",
) -> Decision:
    return Decision(
        effect,
        request.action,
        request.resource,
        None if decided_by is None else decided_by.kind,
        decided_by,
        matched,
        remark,
        context=request.context,
    )
