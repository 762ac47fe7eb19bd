"""What a command sees that is run as a workload: its own environment with the real AWS hidden."""

from collections.abc import Mapping

# Settings of the client that say how to ask, never whom or as whom.
KEPT = frozenset(
    {"AWS_PAGER", "AWS_CA_BUNDLE", "AWS_MAX_ATTEMPTS", "AWS_RETRY_MODE", "AWS_DEFAULT_OUTPUT"}
)
KEPT_PREFIX = "AWS_METADATA_SERVICE_"  # timeout and number of attempts
ADMIN_ADDRESS = "IMDS_SIM_ADMIN"

# Literals for clients that compare text, networks for those that understand them (Go, requests).
PROXY_BYPASS = (
    "localhost",
    "127.0.0.1",
    "127.0.0.0/8",
    "::1",
    "[::1]",
    "169.254.169.254",
    "169.254.170.2",
    "169.254.170.23",
    "169.254.0.0/16",
    "fd00:ec2::254",
    "[fd00:ec2::254]",
    "fd00:ec2::23",
    "[fd00:ec2::23]",
)


def child_environment(
    inherited: Mapping[str, str],
    variables: Mapping[str, str],
    *,
    admin: str | None = None,
    aws_config: str | None = None,
    endpoint_url: str | None = None,
) -> dict[str, str]:
    """`inherited` without the real AWS in it, and `variables` of a workload, `shield` among them.

    `admin` lets our own commands find the daemon inside.
    """
    child = {name: value for name, value in inherited.items() if not is_hidden(name)}
    child |= variables
    if aws_config is not None:
        child["AWS_CONFIG_FILE"] = aws_config
    if admin is not None:
        child[ADMIN_ADDRESS] = admin
    if endpoint_url is not None:
        child["AWS_ENDPOINT_URL"] = endpoint_url
    return child


def shield(inherited: Mapping[str, str], empty_file: str) -> dict[str, str]:
    """What hides the real AWS by being set: the files of the user, and proxies on the way.

    `empty_file` is the path of an empty regular file: the SDK for Java passes over anything else
    and reads the one in HOME.
    """
    return {
        "AWS_CONFIG_FILE": empty_file,
        "AWS_SHARED_CREDENTIALS_FILE": empty_file,
        "BOTO_CONFIG": empty_file,  # botocore reads ~/.boto and /etc/boto.cfg before IMDS
        "NO_PROXY": _bypass(inherited, "NO_PROXY", "no_proxy"),
        "no_proxy": _bypass(inherited, "no_proxy", "NO_PROXY"),
    }


def is_hidden(name: str) -> bool:
    """Whether a variable would lead a client to the real AWS, or to another simulated one."""
    if name in KEPT or name.startswith(KEPT_PREFIX):
        return False
    return name.startswith(("AWS_", "ECS_")) or name in ("BOTO_CONFIG", ADMIN_ADDRESS)


def _bypass(inherited: Mapping[str, str], name: str, other: str) -> str:
    present = inherited.get(name) or inherited.get(other) or ""
    entries = [entry.strip() for entry in present.split(",") if entry.strip()]
    return ",".join([*entries, *(each for each in PROXY_BYPASS if each not in entries)])
