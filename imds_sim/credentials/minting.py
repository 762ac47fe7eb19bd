"""Minting: a workload's service assumes its role, through the same door as any caller.

Source: IAM User Guide, "IAM roles for Amazon EC2" and "AWS global condition context keys" for the
keys bound to a session; "Troubleshoot IAM and Amazon EC2" for the refusal; EKS User Guide, "Access
AWS Resources using EKS Pod Identity Target IAM Roles" for the two steps of a pod.
"""

import uuid
from dataclasses import dataclass

from imds_sim.credentials.provider import CredentialSet, Delivery, Refused
from imds_sim.iam.instance_identity import instance_identity_role
from imds_sim.iam.principals import ServicePrincipal
from imds_sim.sts.authority import Credentials
from imds_sim.sts.errors import ApiError
from imds_sim.sts.operations.assume_role import AssumedRole, AssumeRoleRequest
from imds_sim.sts.operations.instance_identity import InstanceIdentityRequest
from imds_sim.sts.service import Service
from imds_sim.workloads.endpoint import Endpoint
from imds_sim.workloads.function import Function
from imds_sim.workloads.instance import Instance
from imds_sim.workloads.pod import Pod
from imds_sim.workloads.role import AttachedRole
from imds_sim.workloads.task import Task
from imds_sim.workloads.workload import Workload

UNAUTHORIZED = "AssumeRoleUnauthorizedAccess"


def deliveries(workload: Workload) -> tuple[Delivery, ...]:
    """How the roles of a workload reach it, the one that is its own identity last.

    The set of IMDSv1 is there only where v1 is open, that of the execution role only with one.
    """
    match workload:
        case Instance():
            if workload.options.http_tokens_required:
                return (Delivery.IMDS_V2,)
            return (Delivery.IMDS_V1, Delivery.IMDS_V2)
        case Task():
            execution = () if workload.execution_role is None else (Delivery.EXECUTION,)
            return execution if workload.role is None else (*execution, Delivery.CONTAINER)
        case Pod() | Function() | Endpoint():
            return (Delivery.CONTAINER,)


def role_behind(workload: Workload, delivery: Delivery) -> AttachedRole | None:
    """The role whose credentials a delivery brings, or None if the workload has none."""
    match delivery:
        case Delivery.INSTANCE_IDENTITY:
            if not isinstance(workload, Instance):
                return None
            role = instance_identity_role(workload.account, workload.partition)
            return AttachedRole(role.name, role.arn)
        case Delivery.EXECUTION:
            return workload.execution_role if isinstance(workload, Task) else None
        case _:
            return workload.role


@dataclass(frozen=True, slots=True)
class Minter:
    """Mints for the workloads of one world."""

    service: Service

    def mint(
        self, workload: Workload, role: AttachedRole, delivery: Delivery
    ) -> CredentialSet | Refused:
        """A fresh set for `workload`, or the refusal of the role's trust policy.

        `role` is the one that `role_behind` gives.
        """
        if delivery is Delivery.INSTANCE_IDENTITY:
            return self._identity(workload, role)
        try:
            if isinstance(workload, Pod):
                assumed = self._assumed_for_pod(workload, role)
            else:
                assumed = self.service.assume_role(
                    ServicePrincipal(workload.service),
                    AssumeRoleRequest(role.arn, workload.role_session_name, workload.lifetime),
                    trust_context=presented_by_service(workload),
                    session_context=session_keys(workload, delivery),
                )
        except ApiError as error:
            return Refused(
                role_name=role.name,
                code=UNAUTHORIZED,
                message=f"{error} ({error.detail})" if error.detail else str(error),
                refused_at=self.service.clock.now(),
            )
        return _set_of(assumed.principal.role.arn, assumed.principal.account, assumed.credentials)

    def _identity(self, workload: Workload, role: AttachedRole) -> CredentialSet:
        request = InstanceIdentityRequest(
            workload.account, workload.partition, workload.role_session_name, workload.lifetime
        )
        granted = self.service.issue_instance_identity(request)
        return _set_of(role.arn, workload.account, granted)

    def _assumed_for_pod(self, pod: Pod, role: AttachedRole) -> AssumedRole:
        """A session with the tags of `pod`; of the target role, by that session, if there is one.

        Whether the second session has the name of the first is not known.
        """
        subject = f"{pod.service} {pod.name}"
        chance = self.service.entropy.bytes(16, f"role session name of {subject}")
        name = f"{pod.role_session_name}-{uuid.UUID(bytes=chance, version=4)}"
        assumed = self.service.assume_role(
            ServicePrincipal(pod.service),
            AssumeRoleRequest(
                role.arn,
                name,
                pod.lifetime,
                tags=tuple(pod.tags.items()),
                transitive_tag_keys=tuple(pod.tags),
            ),
            trust_context=presented_by_service(pod),
            subject=subject,
        )
        if pod.target_role is None:
            return assumed
        return self.service.assume_role_for_session(
            pod.service,
            assumed.credentials,
            AssumeRoleRequest(pod.target_role.arn, name, pod.lifetime, external_id=pod.external_id),
            subject,
        )


def _set_of(role_arn: str, account: str, granted: Credentials) -> CredentialSet:
    return CredentialSet(
        role_arn=role_arn,
        account=account,
        access_key_id=granted.access_key_id,
        secret_access_key=granted.secret_access_key,
        session_token=granted.session_token,
        issued_at=granted.issued_at,
        expires_at=granted.expires_at,
    )


def presented_by_service(workload: Workload) -> dict[str, str]:
    """The condition keys of a service's call for a workload, beside who the service is."""
    return {"aws:SourceAccount": workload.account, "aws:SourceArn": workload.arn}


def session_keys(workload: Workload, delivery: Delivery) -> dict[str, str]:
    """The condition keys that every request of the session will have."""
    match workload:
        case Instance():
            primary = workload.interfaces[0]
            keys = {
                "ec2:RoleDelivery": delivery.value,
                "ec2:SourceInstanceARN": workload.arn,
                "aws:Ec2InstanceSourceVpc": primary.vpc_id,
                "aws:Ec2InstanceSourcePrivateIPv4": primary.private_ipv4,
            }
            return {key: value for key, value in keys.items() if value is not None}
        case Function():
            return {"lambda:SourceFunctionArn": workload.arn}
        case Task() | Pod() | Endpoint():
            return {}


def put_into_sessions(workload: Workload) -> object:
    """What beside role, lifetime and keys makes the sessions of two workloads differ."""
    if isinstance(workload, Pod):
        return workload.tags, workload.target_role, workload.external_id
    return None
