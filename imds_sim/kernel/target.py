"""The request target: where in a server it points, whichever of its forms a client chose."""

import re

_SCHEME_AND_AUTHORITY = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*")


def origin_form(target: str) -> str:
    """The target from its path on: `http://host/a?b` becomes `/a?b` (RFC 9112, 3.2).

    What has neither path nor scheme (`*`, `host:80`) comes back as it is.
    """
    if target.startswith("/"):
        return target
    absolute = _SCHEME_AND_AUTHORITY.match(target)
    if absolute is None:
        return target
    rest = target[absolute.end() :]
    return rest if rest.startswith("/") else f"/{rest}"
