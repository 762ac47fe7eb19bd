"""What can be wrong with an environment and a machine; each as a line that ends with the remedy."""

import os
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from ipaddress import ip_address
from pathlib import Path

from imds_sim.cli.chain.profiles import PROFILE_VARIABLES, profile_with_credentials
from imds_sim.cli.system.addresses import METADATA, present
from imds_sim.cli.system.cloud import cloud_here
from imds_sim.cli.system.errors import NotOnThisMachine

UNPRIVILEGED = Path("/proc/sys/net/ipv4/ip_unprivileged_port_start")
STATUS = Path("/proc/self/status")
NET_BIND_SERVICE = 10  # its bit in CapEff; capabilities(7)
_METADATA = {str(each.ip) for each in METADATA}
_BYPASSED = "169.254.169.254"
# One of these leads a client to the simulator, or to keys of its own.
_LEADING = (
    "AWS_EC2_METADATA_SERVICE_ENDPOINT",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_ACCESS_KEY_ID",
)


def of_environment(environ: Mapping[str, str]) -> Iterator[str]:
    """Variables that lead clients past the simulator. Values are never told."""
    if environ.get("AWS_EC2_METADATA_DISABLED", "").lower() == "true":
        yield (
            "AWS_EC2_METADATA_DISABLED: SDKs do not ask the metadata service; "
            "unset AWS_EC2_METADATA_DISABLED"
        )
    local = "AWS_EC2_METADATA_SERVICE_ENDPOINT" in environ or "AWS_ENDPOINT_URL_STS" in environ
    keys = environ.get("AWS_ACCESS_KEY_ID")
    if keys and not local:
        yield (
            "AWS_ACCESS_KEY_ID: keys of the environment come before any endpoint; "
            "unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN"
        )
    for name in PROFILE_VARIABLES:
        if environ.get(name):
            yield f"{name}: SDKs take the profile's credentials, not the simulator's; unset {name}"
    if environ.get("AWS_REGION") and not environ.get("AWS_DEFAULT_REGION"):
        yield (
            "AWS_REGION: boto3 and version 1 of the AWS CLI read AWS_DEFAULT_REGION alone; "
            'export AWS_DEFAULT_REGION="$AWS_REGION"'
        )
    proxy = next((n for n in ("HTTP_PROXY", "http_proxy") if environ.get(n)), None)
    bypass = environ.get("NO_PROXY") or environ.get("no_proxy") or ""
    if proxy is not None and bypass != "*" and _BYPASSED not in bypass.split(","):
        yield (
            f"{proxy}: clients ask the proxy for metadata; export "
            f"NO_PROXY={_BYPASSED},169.254.170.2,169.254.170.23,127.0.0.1,localhost"
        )


def of_shared_files(environ: Mapping[str, str]) -> Iterator[str]:
    """A profile that SDKs read before they ask anybody. Its values are never told."""
    if (profile := profile_with_credentials(environ)) is None:
        return
    named = next((name for name in PROFILE_VARIABLES if environ.get(name)), None)
    unset = f"unset {named} and " if named else ""
    yield (
        f"{profile.file}: SDKs take the credentials of its profile {profile.name!r} before they "
        f'ask the simulator; start the program with "imds-sim run --", which hides it, or {unset}'
        "export AWS_SHARED_CREDENTIALS_FILE=/dev/null AWS_CONFIG_FILE=/dev/null (the SDK for Java "
        "wants empty files instead)"
    )


def of_aim(environ: Mapping[str, str], hosts: Iterable[str]) -> Iterator[str]:
    """A shell whose programs do not find the daemon, which listens on `hosts`."""
    found = list(hosts)
    if not found or _METADATA.intersection(found) or any(map(environ.get, _LEADING)):
        return
    yield (
        "environment: no variable of this shell leads to the daemon, which is not at the standard "
        'addresses; eval "$(imds-sim env)", or eval "$(imds-sim env --as WORKLOAD)"'
    )


def of_addresses(hosts: Iterable[str], there: Callable[[], set[str]] = present) -> Iterator[str]:
    """Metadata addresses among `hosts` that are not on the loopback interface."""
    wanted = [host for host in dict.fromkeys(hosts) if host in _METADATA]
    if not wanted:
        return
    try:
        have = {str(ip_address(each)) for each in map(_bare, there())}
    except NotOnThisMachine as error:
        yield f"addresses: {error}"
        return
    for host in wanted:
        if host not in have:
            yield f'{host}: not on the loopback interface; "sudo imds-sim addresses add {host}"'


def of_cloud(here: Callable[[], str | None] = cloud_here) -> Iterator[str]:
    """A VM whose own metadata would be hidden."""
    if (cloud := here()) is not None:
        yield (
            f"this is a VM of {cloud}: what asks 169.254.169.254 may get its metadata, not the "
            'simulator\'s; use "imds-sim run --" or a network namespace'
        )


def of_ports(
    ports: Iterable[int], unprivileged: Path = UNPRIVILEGED, status: Path = STATUS
) -> Iterator[str]:
    """Ports that this user may not listen on."""
    try:
        first = int(unprivileged.read_text())
        capabilities = next(
            int(line.split()[1], 16)
            for line in status.read_text().splitlines()
            if line.startswith("CapEff:")
        )
    except (OSError, ValueError, StopIteration):  # no Linux: any user may on macOS
        return
    if capabilities >> NET_BIND_SERVICE & 1:
        return
    for port in sorted(port for port in ports if 0 < port < first):
        yield (
            f"port {port}: this user may not listen there; install the units (imds-sim "
            f'install-systemd), or "sudo sysctl net.ipv4.ip_unprivileged_port_start={port}"'
        )


def of_key_file(path: Path) -> Iterator[str]:
    """A file with a secret that group or others may use."""
    try:
        mode = stat.S_IMODE(os.stat(path).st_mode)
    except OSError:
        return
    if mode & 0o077:
        yield f"{path}: others can use the key (mode {mode:04o}); chmod go-rwx {path}"


def _bare(address: str) -> str:
    return address.partition("/")[0]
