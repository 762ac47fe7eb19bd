from dataclasses import replace

import pytest

from imds_sim.workloads.pod import Pod


@pytest.mark.parametrize(
    ("cluster", "pod_name", "begins"),
    [
        # The two that are recorded.
        ("eksworkshop-eksctl", "app1-v1-56b9f94b4-dvd5c", "eks-eksworksho-app1-v1-56"),
        ("demo", "aws-cli", "eks-demo-aws-cli"),
        ("ten-digits", "ten-digits", "eks-ten-digits-ten-digits"),
        ("ten-digits1", "ten-digits1", "eks-ten-digits-ten-digits"),
    ],
)
def test_sessions_are_named_after_ten_characters_of_cluster_and_pod(
    pod: Pod, cluster: str, pod_name: str, begins: str
) -> None:
    named = replace(pod, name=pod_name, cluster=replace(pod.cluster, name=cluster))
    assert named.role_session_name == begins


def test_the_six_tags_have_the_order_of_eks(pod: Pod) -> None:
    assert list(pod.tags.items()) == [
        ("eks-cluster-arn", "arn:aws:eks:us-east-1:111122223333:cluster/blue-green-demo"),
        ("eks-cluster-name", "blue-green-demo"),
        ("kubernetes-namespace", "shop"),
        ("kubernetes-service-account", "orders"),
        ("kubernetes-pod-name", "api-7c9d8"),
        ("kubernetes-pod-uid", "376f3cff-44fe-4a00-b9d4-970555f311d3"),
    ]
    assert replace(pod, session_tags=False).tags == {}
