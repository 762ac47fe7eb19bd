"""`public-keys/`: the key pairs given at launch, listed as `0=name`, read at `0/openssh-key`.

Source: EC2 User Guide, "Access instance metadata"; the final line feed from cloud-init's recording.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from imds_sim.imds.tree import Directory, Each, Node, text
from imds_sim.imds.view import View


@dataclass(frozen=True, slots=True)
class KeyPair:
    """A key pair's name and its OpenSSH line without line feed."""

    name: str
    openssh_line: str


def _by_index(view: View) -> dict[str, KeyPair]:
    pairs = view.instance.public_keys.items()
    return {str(index): KeyPair(name, line) for index, (name, line) in enumerate(pairs)}


# The only value in the tree that ends with a line feed.
KEY_PAIR: Directory[KeyPair] = Directory({"openssh-key": text(lambda key: f"{key.openssh_line}\n")})

NODES: Mapping[str, Node[View]] = {
    "public-keys": Each(_by_index, KEY_PAIR, line=lambda index, key: f"{index}={key.name}")
}
