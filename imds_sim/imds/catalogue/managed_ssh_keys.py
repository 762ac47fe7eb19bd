"""`managed-ssh-keys/`: what EC2 Instance Connect reads; in no recorded listing, yet readable.

Source: aws/aws-ec2-instance-connect-config, eic_curl_authorized_keys.
"""

from collections.abc import Mapping

from imds_sim.imds.tree import Directory, Each, Node, text
from imds_sim.imds.view import View

NODES: Mapping[str, Node[View]] = {
    "managed-ssh-keys": Directory(
        {
            "active-keys": Each(
                lambda view: view.instance.managed_ssh_keys.active_keys, text(lambda keys: keys)
            ),
            "signer-cert": text(lambda view: view.instance.managed_ssh_keys.signer_cert),
            "signer-ocsp": Each(
                lambda view: view.instance.managed_ssh_keys.signer_ocsp, text(lambda answer: answer)
            ),
        },
        listed=False,
    )
}
