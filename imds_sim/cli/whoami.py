"""`imds-sim whoami`: which identity the standard credential chain gives here."""

import json
import os
from typing import TYPE_CHECKING

import click

from imds_sim.cli.daemon import admin_option, running
from imds_sim.cli.ending import tell
from imds_sim.cli.held import left
from imds_sim.cli.listing import columns, mappings

if TYPE_CHECKING:
    from imds_sim.cli.chain.caller import Identity
    from imds_sim.cli.chain.found import Found

STS_VARIABLE = "AWS_ENDPOINT_URL_STS"


@click.command("whoami", short_help="Show which identity the credential chain gives here.")
@click.option("--json", "as_json", is_flag=True, help="Print one object.")
@admin_option
def command(as_json: bool, admin: str | None) -> None:
    """Walk the credential chain (environment, container, IMDS) and ask the STS who that is.

    Needs no SDK. Asks only addresses of this machine. Exit 1 if there are no credentials or the
    STS does not know them, 69 if there is no STS to ask.

    \b
    Example:
      imds-sim run --as web-1 -- imds-sim whoami
    """
    from imds_sim.cli.chain.caller import get_caller_identity
    from imds_sim.cli.chain.profiles import profile_with_credentials
    from imds_sim.cli.chain.walk import passed_over, walk
    from imds_sim.kernel.clock import SystemClock

    for name in passed_over(os.environ):
        tell(f"note: {name} is set; an SDK looks there first, this command does not")
    if (profile := profile_with_credentials(os.environ)) is not None:
        tell(
            f"note: {profile.file} has credentials for the profile {profile.name!r}; an SDK takes "
            'them first, this command does not (see "imds-sim doctor")'
        )
    found = walk(os.environ)
    endpoint = os.environ.get(STS_VARIABLE) or _sts_of_the_daemon(admin)
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1"
    identity = get_caller_identity(endpoint, found, region, SystemClock().wall())
    if as_json:
        click.echo(json.dumps(_document(identity, found, endpoint), indent=2))
        return
    click.echo(identity.arn)
    for line in columns(
        [
            ("account", identity.account),
            ("user id", identity.user_id),
            ("credentials", f"{found.access_key_id} from {found.source}"),
            ("expires", _life(found.expires_at)),
            ("asked", endpoint),
        ]
    ):
        click.echo(line)


def _sts_of_the_daemon(admin: str | None) -> str:
    from imds_sim.admin.errors import DaemonNotFound
    from imds_sim.simulator.endpoints import usable

    try:
        status = running(admin).call("GET", "/v1/status")
    except DaemonNotFound as error:
        raise DaemonNotFound(f"no STS to ask: {STS_VARIABLE} is not set, and {error}") from error
    listeners = mappings(status.get("listeners"))
    urls = usable(str(each.get("url")) for each in listeners if each.get("surface") == "sts")
    if not urls:
        raise DaemonNotFound(f"no STS to ask: {STS_VARIABLE} is not set, and listen.sts is off")
    return urls[0]


def _document(identity: "Identity", found: "Found", endpoint: str) -> dict[str, object]:
    return {
        "arn": identity.arn,
        "account": identity.account,
        "user_id": identity.user_id,
        "access_key_id": found.access_key_id,
        "source": found.source,
        "expires_at": found.expires_at,
        "sts": endpoint,
    }


def _life(expires_at: str | None) -> str:
    if expires_at is None:
        return "not told"
    from datetime import datetime

    from imds_sim.kernel.clock import SystemClock

    try:
        remaining = datetime.fromisoformat(expires_at) - SystemClock().wall()
    except (ValueError, TypeError):
        return expires_at
    return f"{expires_at}, {left(remaining.total_seconds())}"
