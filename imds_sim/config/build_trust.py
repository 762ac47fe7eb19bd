"""The trust policy of a role whose section has none: whoever the file gives the role to."""

from collections.abc import Iterable, Iterator, Mapping

from imds_sim.config.arns import role_arns
from imds_sim.config.schema.configuration import Configuration
from imds_sim.config.schema.workloads import PodSection
from imds_sim.iam.conditions import Condition, Operator
from imds_sim.iam.document import (
    ASSUME_ROLE,
    VERSION_WITH_VARIABLES,
    Actions,
    Effect,
    Policy,
    Principals,
    Statement,
)
from imds_sim.iam.principal_names import PrincipalKind, PrincipalName
from imds_sim.kernel.arn import partition_of
from imds_sim.sts.role_authorization import TAG_SESSION
from imds_sim.workloads.endpoint import SERVICES, Dialect
from imds_sim.workloads.function import Function
from imds_sim.workloads.instance import Instance
from imds_sim.workloads.pod import IRSA_AUDIENCE, Cluster, Pod
from imds_sim.workloads.task import Task

ASSUME_ROLE_WITH_WEB_IDENTITY = "sts:AssumeRoleWithWebIdentity"

_Conditions = tuple[tuple[str, str], ...]  # keys and the values that they must equal
_Grant = tuple[tuple[str, ...], _Conditions, PrincipalName]  # actions, on conditions, to whom
_EQUALS = Operator("StringEquals")


class DefaultTrusts:
    """Finds who uses each role of a file; roles that are used alike share one policy."""

    def __init__(self, configuration: Configuration, clusters: Mapping[str, Cluster]) -> None:
        self._grants: dict[str, set[_Grant]] = {}
        for role, grant in _grants(configuration, clusters):
            self._grants.setdefault(role, set()).add(grant)
        self._policies: dict[frozenset[_Grant], Policy] = {}

    def of(self, role: str) -> Policy:
        """The policy of a role by name; nobody's, if nothing uses the role."""
        grants = frozenset(self._grants.get(role, ()))
        if grants not in self._policies:
            self._policies[grants] = _policy(grants)
        return self._policies[grants]


def _grants(
    configuration: Configuration, clusters: Mapping[str, Cluster]
) -> Iterator[tuple[str, _Grant]]:
    """Each role with one of those who need it."""
    for kind, sections in (
        (Instance, configuration.instances),
        (Task, configuration.tasks),
        (Function, configuration.functions),
    ):
        for section in sections.values():
            if section.role is not None:
                yield section.role, ((ASSUME_ROLE,), (), _service(kind.service))
    for task in configuration.tasks.values():
        if task.execution_role is not None:
            yield task.execution_role, ((ASSUME_ROLE,), (), _service(Task.service))
    for endpoint in configuration.endpoints.values():
        service = SERVICES[Dialect(endpoint.dialect)]
        yield endpoint.role, ((ASSUME_ROLE,), (), _service(service))
    arns = role_arns(configuration)
    for pod in configuration.pods.values():
        yield pod.role, ((ASSUME_ROLE, TAG_SESSION), (), _service(Pod.service))
        if pod.target_role is not None:
            source = PrincipalName(PrincipalKind.AWS, arns[pod.role])
            yield pod.target_role, ((ASSUME_ROLE, TAG_SESSION), (), source)
        if pod.irsa:
            yield pod.role, _of_irsa(configuration, pod, clusters[pod.cluster])


def _of_irsa(configuration: Configuration, pod: PodSection, cluster: Cluster) -> _Grant:
    """What EKS suggests: one service account of one cluster (EKS User Guide, "Assign IAM roles
    to Kubernetes service accounts")."""
    place = cluster.issuer.partition("://")[2]
    partition = partition_of(configuration.region)
    provider = f"arn:{partition}:iam::{configuration.account}:oidc-provider/{place}"
    subject = f"system:serviceaccount:{pod.namespace}:{pod.service_account}"
    conditions = ((f"{place}:aud", IRSA_AUDIENCE), (f"{place}:sub", subject))
    return (
        (ASSUME_ROLE_WITH_WEB_IDENTITY,),
        conditions,
        PrincipalName(PrincipalKind.FEDERATED, provider),
    )


def _service(name: str) -> PrincipalName:
    return PrincipalName(PrincipalKind.SERVICE, name)


def _policy(grants: Iterable[_Grant]) -> Policy:
    """One statement for each set of actions and conditions."""
    together: dict[tuple[tuple[str, ...], _Conditions], list[PrincipalName]] = {}
    for actions, conditions, name in sorted(grants, key=repr):
        together.setdefault((actions, conditions), []).append(name)
    if not together:
        return Policy()
    statements = tuple(
        Statement(
            Effect.ALLOW,
            Actions(actions),
            Principals(tuple(names)),
            conditions=tuple(Condition.of(_EQUALS, key, (value,)) for key, value in conditions),
        )
        for (actions, conditions), names in together.items()
    )
    return Policy(statements, version=VERSION_WITH_VARIABLES)
