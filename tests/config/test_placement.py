import pytest

from imds_sim.config.placement import architecture_of, private_hostname, zone_id_of


@pytest.mark.parametrize(
    ("region", "zone", "zone_id"),
    [
        ("us-east-1", "us-east-1a", "use1-az1"),
        ("us-east-1", "us-east-1f", "use1-az6"),
        ("us-west-2", "us-west-2b", "usw2-az2"),
        ("eu-central-1", "eu-central-1c", "euc1-az3"),
        ("ap-southeast-2", "ap-southeast-2a", "apse2-az1"),
        ("ap-northeast-1", "ap-northeast-1a", "apne1-az1"),
        ("ap-south-1", "ap-south-1a", "aps1-az1"),
        ("me-south-1", "me-south-1a", "mes1-az1"),
        ("cn-north-1", "cn-north-1a", "cnn1-az1"),
        ("cn-northwest-1", "cn-northwest-1a", "cnnw1-az1"),
        ("us-gov-west-1", "us-gov-west-1a", "usgw1-az1"),
        ("us-gov-east-1", "us-gov-east-1b", "usge1-az2"),
        ("us-iso-east-1", "us-iso-east-1a", "usie1-az1"),
        ("us-isob-east-1", "us-isob-east-1a", "usibe1-az1"),
        ("us-east-1", "us-east-1-bos-1a", "use1-bos1-az1"),
        ("us-east-1", "us-east-1-wl1-bos-wlz-1", "use1-wl1-bos-wlz1"),
    ],
)
def test_a_zone_has_an_id_made_of_its_region(region: str, zone: str, zone_id: str) -> None:
    assert zone_id_of(region, zone) == zone_id


@pytest.mark.parametrize(
    "instance_type",
    [
        "a1.large",
        "m7g.large",
        "c7g.metal",
        "c7gn.xlarge",
        "t4g.nano",
        "r8g.large",
        "x2gd.medium",
        "im4gn.large",
        "is4gen.large",
        "g5g.xlarge",
        "hpc7g.4xlarge",
        "i8ge.large",
        "m8g.metal-24xl",
        "mac2.metal",
        "mac2-m2.metal",
        "mac-m4.metal",
        "p6e-gb200.36xlarge",
    ],
)
def test_graviton_and_its_like_are_arm64(instance_type: str) -> None:
    assert architecture_of(instance_type) == "arm64"


@pytest.mark.parametrize(
    "instance_type",
    [
        "m7i.large",
        "m7i-flex.large",
        "c5.large",
        "t3.micro",
        "t2.small",
        "g4dn.xlarge",
        "g5.xlarge",
        "g6e.xlarge",
        "gr6.large",
        "mac1.metal",
        "p4d.24xlarge",
        "p6-b200.48xlarge",
        "u-6tb1.metal",
        "x2idn.large",
        "m5zn.large",
    ],
)
def test_everything_else_is_x86_64(instance_type: str) -> None:
    assert architecture_of(instance_type) == "x86_64"


@pytest.mark.parametrize(
    ("region", "name"),
    [
        ("us-east-1", "ip-172-31-5-7.ec2.internal"),
        ("eu-west-1", "ip-172-31-5-7.eu-west-1.compute.internal"),
        ("cn-north-1", "ip-172-31-5-7.cn-north-1.compute.internal"),
    ],
)
def test_a_private_hostname_is_made_of_the_address(region: str, name: str) -> None:
    assert private_hostname("172.31.5.7", region) == name
