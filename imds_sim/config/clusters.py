"""The EKS clusters that the pods of a file are in.

Source: EKS User Guide, "Create an IAM OIDC provider for your cluster" for the URL of an issuer.
"""

from imds_sim.config.schema.configuration import Configuration
from imds_sim.kernel.arn import dns_suffix_of, partition_of
from imds_sim.kernel.identifiers import Identifiers
from imds_sim.workloads.pod import Cluster


def clusters(configuration: Configuration, ids: Identifiers) -> dict[str, Cluster]:
    """The EKS clusters of the pods, by name, each with an issuer of its own."""
    account, region = configuration.account, configuration.region
    names = dict.fromkeys(pod.cluster for pod in configuration.pods.values())
    host = f"oidc.eks.{region}.{dns_suffix_of(region)}"
    return {
        name: Cluster(
            name,
            f"arn:{partition_of(region)}:eks:{region}:{account}:cluster/{name}",
            f"https://{host}/id/{ids.hex('cluster', account, region, name).upper()}",
        )
        for name in names
    }
