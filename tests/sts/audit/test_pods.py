from tests.simulator.scenes import scene_of

TRUST = (
    '{Version: "2012-10-17", Statement: {Effect: Allow, Action: ["sts:AssumeRole", '
    '"sts:TagSession"], Principal: {AWS: "arn:aws:iam::111122223333:role/shop"}}}'
)
ALL = '{all: {Version: "2012-10-17", Statement: {Effect: Allow, Action: "*", Resource: "*"}}}'
WORLD = f"""
roles:
  shop: {{policies: {ALL}}}
  stock: {{trust: {TRUST}}}
pods: {{cart-0: {{role: shop, target_role: stock}}}}
"""


def test_a_pod_with_a_target_role_leaves_two_records_the_second_by_its_first_session() -> None:
    scene = scene_of(WORLD)
    first, second = scene.core.audit
    assert first["userIdentity"] == {
        "type": "AWSService",
        "invokedBy": "pods.eks.amazonaws.com",
    }
    caller = second["userIdentity"]
    assert isinstance(caller, dict)
    assert (caller["type"], caller["invokedBy"]) == ("AssumedRole", "pods.eks.amazonaws.com")
    assert ":assumed-role/shop/eks-" in caller["arn"]
    parameters = second["requestParameters"]
    assert isinstance(parameters, dict)
    assert parameters["roleArn"] == "arn:aws:iam::111122223333:role/stock"
