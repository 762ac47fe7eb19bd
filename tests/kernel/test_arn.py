import pytest

from imds_sim.kernel.arn import Arn, ArnMalformed, dns_suffix_of, partition_of


def test_an_arn_splits_into_its_parts_and_back() -> None:
    text = "arn:aws:iam::111122223333:role/path/name:with:colons"
    arn = Arn.parse(text)
    assert (arn.partition, arn.service, arn.region, arn.account) == (
        "aws",
        "iam",
        "",
        "111122223333",
    )
    assert arn.resource == "role/path/name:with:colons"
    assert str(arn) == text


@pytest.mark.parametrize(
    "text", ["", "arn", "x:aws:iam::1:r", "arn::iam::1:r", "arn:aws::r:1:r", "arn:aws:iam::1:"]
)
def test_a_text_without_partition_service_or_resource_is_no_arn(text: str) -> None:
    with pytest.raises(ArnMalformed):
        Arn.parse(text)


@pytest.mark.parametrize(
    ("region", "partition", "suffix"),
    [
        ("us-east-1", "aws", "amazonaws.com"),
        ("cn-north-1", "aws-cn", "amazonaws.com.cn"),
        ("us-gov-west-1", "aws-us-gov", "amazonaws.com"),
        ("us-isob-east-1", "aws-iso-b", "sc2s.sgov.gov"),
    ],
)
def test_the_partition_follows_the_region(region: str, partition: str, suffix: str) -> None:
    assert partition_of(region) == partition
    assert dns_suffix_of(region) == suffix
