"""`dynamic/`: monitoring, the instance identity document and its signatures.

Source: EC2 User Guide, "Instance metadata categories" and "Instance identity documents", which
shows the listing in this order.
"""

from collections.abc import Mapping

from imds_sim.imds.signed_forms import SignedForm
from imds_sim.imds.tree import Content, Directory, Leaf, Node, text
from imds_sim.imds.view import View

SINCE = "2009-04-04"


def _document(view: View) -> Content:
    return view.documents.identity.of(view.instance.name, view.instance)


def _monitoring(view: View) -> str:
    return "enabled" if view.instance.launch.monitoring else "disabled"


def _signed(form: SignedForm) -> Leaf[View]:
    return Leaf(lambda view: view.documents.signed(form, view.instance), SINCE, always=True)


NODES: Mapping[str, Node[View]] = {
    "fws": Directory({"instance-monitoring": text(_monitoring, SINCE)}),
    "instance-identity": Directory(
        {
            "rsa2048": _signed(SignedForm.RSA2048),
            "pkcs7": _signed(SignedForm.PKCS7),
            "document": Leaf(_document, SINCE),
            "signature": _signed(SignedForm.SIGNATURE),
            "dsa2048": _signed(SignedForm.DSA2048),
        },
        in_order=True,
    ),
}
