"""The shared files of the SDKs: whether the profile that they would take brings credentials.

Source: AWS SDKs and Tools Reference Guide, "Shared config and credentials files". Every SDK reads
them before it asks an instance; botocore before a container endpoint, too.
"""

import os
from collections.abc import Mapping
from configparser import Error, RawConfigParser
from dataclasses import dataclass

PROFILE_VARIABLES = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE")
DEFAULT = "default"
# Each of these keys makes an SDK look no further than the profile.
_GIVING = (
    *("aws_access_key_id", "credential_process", "role_arn"),
    *("sso_session", "sso_start_url", "login_session"),
)


@dataclass(frozen=True, slots=True)
class Profile:
    """A profile that brings credentials: the file it stands in and its name. No secret."""

    file: str
    name: str


def profile_with_credentials(environ: Mapping[str, str]) -> Profile | None:
    """The profile whose credentials come before those of a workload, if there is one."""
    if environ.get("AWS_ACCESS_KEY_ID"):
        return None  # the environment comes first of all
    name = next((environ[each] for each in PROFILE_VARIABLES if environ.get(each)), DEFAULT)
    in_config = (DEFAULT,) if name == DEFAULT else ()
    places = (
        ("AWS_SHARED_CREDENTIALS_FILE", "credentials", (name,)),
        ("AWS_CONFIG_FILE", "config", (f"profile {name}", *in_config)),
    )
    for variable, usual, sections in places:
        file = environ.get(variable) or os.path.join("~", ".aws", usual)
        if any(_gives_credentials(_expanded(file, environ), each) for each in sections):
            return Profile(file, name)
    return None


def _expanded(file: str, environ: Mapping[str, str]) -> str:
    home = environ.get("HOME")
    return home + file[1:] if home and file.startswith("~/") else os.path.expanduser(file)


def _gives_credentials(file: str, section: str) -> bool:
    # [DEFAULT] means nothing to an SDK, and a key that stands twice is no error to most of them.
    parser = RawConfigParser(default_section="", strict=False, allow_no_value=True)
    try:
        with open(file, encoding="utf-8") as opened:
            parser.read_file(opened)
    except (OSError, ValueError, Error):  # nothing there that an SDK could read either
        return False
    return parser.has_section(section) and any(
        parser.get(section, key, fallback=None) for key in _GIVING
    )
