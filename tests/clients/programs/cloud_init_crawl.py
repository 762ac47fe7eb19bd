"""cloud-init's EC2 data source as it runs at boot, with folders of its own; prints what it found.

Run by the Python that has cloud-init. Its argument is a folder. What DMI says of the machine is the
one thing that it is told: on EC2 the UUID begins with "ec2".
"""

import json
import sys

from cloudinit import distros, helpers
from cloudinit.sources import DataSourceEc2 as ec2

ec2._collect_platform_data = lambda: {
    "uuid": "ec2e1916-9099-7caf-fd21-012345abcdef",
    "uuid_source": "dmi",
    "serial": "ec2e1916-9099-7caf-fd21-012345abcdef",
    "asset_tag": "",
    "vendor": "amazon ec2",
    "product_name": "",
}

folder = sys.argv[1]
paths = helpers.Paths({"cloud_dir": f"{folder}/lib", "run_dir": f"{folder}/run"})
distro = distros.fetch("debian")("debian", {}, paths)
source = ec2.DataSourceEc2({}, distro, paths)
found = source._get_data()
keys = source.get_public_ssh_keys()
hostname = source.get_hostname()
print(
    json.dumps(
        {
            "found": found,
            "cloud": source.cloud_name,
            "instance_id": source.get_instance_id(),
            "hostname": getattr(hostname, "hostname", hostname),
            "keys": keys,
            "region": source.region,
            "availability_zone": source.availability_zone,
            "launch_index": source.launch_index,
            "user_data": source.userdata_raw.decode(),
            "network": ec2.convert_ec2_metadata_network_config(
                source.metadata["network"],
                macs_to_nics={
                    mac: f"ens{5 + number}"
                    for number, mac in enumerate(source.metadata["network"]["interfaces"]["macs"])
                },
            ),
            "metadata": source.metadata,
            "dynamic": source._crawled_metadata["dynamic"],
            "version": source._crawled_metadata["_metadata_api_version"],
        }
    )
)
