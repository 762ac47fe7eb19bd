"""Whether this machine is a VM of a cloud that has metadata of its own at 169.254.169.254.

Source: the DMI identities that cloud-init's ds-identify looks for, and those of the providers'
documents: EC2 (product_uuid begins with ec2, in either byte order), Azure (chassis asset tag).
"""

from collections.abc import Callable
from pathlib import Path

DMI = Path("/sys/class/dmi/id")
AZURE_CHASSIS = "7783-7084-3265-9085-8269-3286-77"
_VENDORS = {
    "amazon ec2": "EC2",
    "google": "Google Compute Engine",
    "openstack": "OpenStack",
    "digitalocean": "DigitalOcean",
    "hetzner": "Hetzner Cloud",
    "oraclecloud": "Oracle Cloud",
    "alibaba cloud": "Alibaba Cloud",
}


def cloud_here(read: Callable[[str], str] | None = None) -> str | None:
    """The cloud that this VM belongs to, or None; `read` gives a DMI field by its name."""
    read = read or _field
    if read("chassis_asset_tag") == AZURE_CHASSIS:
        return "Azure"
    if read("chassis_asset_tag").lower() == "oraclecloud.com":
        return "Oracle Cloud"
    uuid = read("product_uuid").lower().replace("-", "")
    if uuid.startswith("ec2") or _swapped(uuid).startswith("ec2"):
        return "EC2"
    told = " ".join(read(name).lower() for name in ("sys_vendor", "product_name", "bios_vendor"))
    return next((name for vendor, name in _VENDORS.items() if vendor in told), None)


def _swapped(uuid: str) -> str:
    """The first four bytes the other way round, as old firmware has them."""
    return "".join(uuid[at : at + 2] for at in (6, 4, 2, 0))


def _field(name: str) -> str:
    try:
        return (DMI / name).read_text("ascii", "replace").strip()
    except OSError:  # no DMI, or for root alone
        return ""
