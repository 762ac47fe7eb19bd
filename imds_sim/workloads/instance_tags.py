"""Tags of an instance as its metadata can show them.

Source: EC2 User Guide, "Tag your Amazon EC2 resources": keys that can be names in a path.
"""

import re

MAX_TAGS = 50
MAX_KEY = 128  # characters
MAX_VALUE = 256
SHOWN_KEYS = "only letters, digits and characters of +-=.,_:@, and not '.', '..' or '_index'"

_SHOWN_KEY = re.compile(r"[A-Za-z0-9+=.,_:@-]+")
_RESERVED = frozenset((".", "..", "_index"))


def can_be_shown(key: str) -> bool:
    """Whether `key` may stand while the metadata options enable tags."""
    return _SHOWN_KEY.fullmatch(key) is not None and key not in _RESERVED
