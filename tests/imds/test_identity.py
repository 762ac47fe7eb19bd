from collections.abc import Callable
from dataclasses import replace

from imds_sim.imds.identity import identity_document
from imds_sim.workloads.instance import Instance

# Recorded in 2023 on a t2.small; 472 bytes.
RECORDED = b"""{
  "accountId" : "297018273754",
  "architecture" : "x86_64",
  "availabilityZone" : "us-east-2a",
  "billingProducts" : null,
  "devpayProductCodes" : null,
  "marketplaceProductCodes" : null,
  "imageId" : "ami-0128e8b118981dabe",
  "instanceId" : "i-0cb18e9fdfea74186",
  "instanceType" : "t2.small",
  "kernelId" : null,
  "pendingTime" : "2023-06-09T08:57:07Z",
  "privateIp" : "10.0.0.9",
  "ramdiskId" : null,
  "region" : "us-east-2",
  "version" : "2017-09-30"
}"""


def test_the_identity_document_is_that_of_the_recording(
    instance: Instance, make_instance: Callable[..., Instance]
) -> None:
    eth0 = replace(instance.interfaces[0], private_ipv4="10.0.0.9")
    recorded = make_instance(
        "recorded",
        id="i-0cb18e9fdfea74186",
        account="297018273754",
        region="us-east-2",
        availability_zone="us-east-2a",
        image_id="ami-0128e8b118981dabe",
        instance_type="t2.small",
        architecture="x86_64",
        launched_at=instance.launched_at,
        interfaces=(eth0,),
    )
    assert len(RECORDED) == 472
    assert identity_document(recorded) == RECORDED
