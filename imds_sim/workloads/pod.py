"""A pod of an EKS cluster: a role for its service account, behind a token that is bound to it.

Source: EKS User Guide, "Learn how EKS Pod Identity grants pods access to AWS services" and
"IAM roles for service accounts"; CloudTrail records of AssumeRole by pods.eks.amazonaws.com.
"""

import json
from base64 import urlsafe_b64decode
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from imds_sim.kernel.exchange import Surface
from imds_sim.workloads.role import AttachedRole

POD_AUDIENCE = "pods.eks.amazonaws.com"
IRSA_AUDIENCE = "sts.amazonaws.com"
# Where each token lies under /var/run/secrets, and under the folder of the pod here.
POD_IDENTITY_TOKEN = "pods.eks.amazonaws.com/serviceaccount/eks-pod-identity-token"
IRSA_TOKEN = "eks.amazonaws.com/serviceaccount/token"
# What goes into the name of a role session: eks-eksworksho-app1-v1-56-UUID was recorded for the
# cluster eksworkshop-eksctl and the pod app1-v1-56b9f94b4-dvd5c.
_NAMED_BY = 10


@dataclass(frozen=True, slots=True)
class Cluster:
    """An EKS cluster. `issuer` is the URL of its OpenID Connect issuer."""

    name: str
    arn: str
    issuer: str


@dataclass(frozen=True, slots=True)
class Pod:
    """A pod and its association. With `target_role` its credentials are that role's, in the end.

    `session_tags` says whether its sessions have the six tags; with `irsa` programs in it get
    their credentials from the STS themselves.
    """

    kind: ClassVar[str] = "pod"
    surface: ClassVar[Surface] = Surface.EKS  # that its requests are known on
    service: ClassVar[str] = "pods.eks.amazonaws.com"
    credentials_path: ClassVar[str] = "/v1/credentials"

    name: str
    uid: str
    partition: str
    account: str
    region: str
    cluster: Cluster
    namespace: str
    service_account: str
    service_account_uid: str
    role: AttachedRole
    target_role: AttachedRole | None = None
    external_id: str = ""
    session_tags: bool = True
    irsa: bool = False
    lifetime: timedelta = timedelta(hours=6)

    @property
    def role_session_name(self) -> str:
        """What the name of each session begins with; a UUID of its own follows."""
        return f"eks-{self.cluster.name[:_NAMED_BY]}-{self.name[:_NAMED_BY]}"

    @property
    def arn(self) -> str:
        """The ARN of its cluster, which EKS calls for."""
        return self.cluster.arn

    @property
    def subject(self) -> str:
        """The `sub` of its tokens."""
        return f"system:serviceaccount:{self.namespace}:{self.service_account}"

    @property
    def tags(self) -> dict[str, str]:
        """The session tags that EKS passes, in its order; all of them are transitive."""
        if not self.session_tags:
            return {}
        return {
            "eks-cluster-arn": self.cluster.arn,
            "eks-cluster-name": self.cluster.name,
            "kubernetes-namespace": self.namespace,
            "kubernetes-service-account": self.service_account,
            "kubernetes-pod-name": self.name,
            "kubernetes-pod-uid": self.uid,
        }


def pod_claimed_by(service_account_token: str) -> tuple[str, str] | None:
    """The subject and the pod that a token names, unproven; None if it names none."""
    try:
        payload = service_account_token.split(".")[1]
        claims = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        subject, name = claims["sub"], claims["kubernetes.io"]["pod"]["name"]
    except (ValueError, LookupError, TypeError, RecursionError):
        return None
    return (subject, name) if isinstance(subject, str) and isinstance(name, str) else None
