"""The instance identity document.

Source: EC2 User Guide, "Instance identity documents"; members, order and layout from recordings of
2023, which agree with each other.
"""

from imds_sim.imds.layout import document
from imds_sim.kernel.timestamps import iso_seconds
from imds_sim.workloads.instance import Instance

DOCUMENT_VERSION = "2017-09-30"


def identity_document(instance: Instance) -> bytes:
    """The document to the byte, as it will be signed; no final line feed."""
    return document(
        {
            "accountId": instance.account,
            "architecture": instance.architecture,
            "availabilityZone": instance.availability_zone,
            "billingProducts": None,
            "devpayProductCodes": None,
            "marketplaceProductCodes": instance.launch.product_codes or None,
            "imageId": instance.image_id,
            "instanceId": instance.id,
            "instanceType": instance.instance_type,
            "kernelId": instance.launch.kernel_id,
            "pendingTime": iso_seconds(instance.launched_at),
            "privateIp": instance.interfaces[0].private_ipv4,
            "ramdiskId": instance.launch.ramdisk_id,
            "region": instance.region,
            "version": DOCUMENT_VERSION,
        }
    )
