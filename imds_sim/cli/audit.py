"""`imds-sim audit`: the CloudTrail records of the STS, as they come if wanted."""

import json

import click

from imds_sim.cli.daemon import admin_option, running
from imds_sim.cli.following import AUDIT, Columns, Row, batches
from imds_sim.cli.listing import mapping

EMPTY = "nothing was asked of the STS yet"


@click.command("audit", short_help="Show the CloudTrail records of the STS.")
@click.option("--follow", is_flag=True, help="Go on with what comes, until Ctrl-C.")
@click.option("--json", "as_json", is_flag=True, help="Print the whole records, one a line.")
@admin_option
def command(follow: bool, as_json: bool, admin: str | None) -> None:
    """Show who called the STS, oldest first: services on behalf of workloads too.

    Columns: time, account, event, outcome, address, caller, and the role or name asked for. Times
    are the simulator's, see: imds-sim clock. Calls that fail authentication are in the journal
    alone, as CloudTrail does not record them. --follow ends with Ctrl-C or with the daemon.

    \b
    Example:
      imds-sim audit --follow --json | jq 'select(.errorCode == "AccessDenied")'
    """
    columns = Columns("time", "account", "event", "outcome", "address", rest="caller")
    try:
        for batch in batches(running(admin), AUDIT, {}, follow, empty=EMPTY):
            shown = map(json.dumps, batch) if as_json else columns.lines(map(_row, batch))
            click.echo("\n".join(shown))
    except KeyboardInterrupt:
        if not follow:
            raise


def _row(record: dict[str, object]) -> Row:
    """One record, for a person."""
    texts = [
        str(record.get("eventTime") or "-"),
        str(record.get("recipientAccountId") or "-"),
        str(record.get("eventName") or "-"),
        str(record.get("errorCode") or "ok"),
        str(record.get("sourceIPAddress") or "-"),
    ]
    told = [_caller(mapping(record.get("userIdentity")))]
    asked = mapping(record.get("requestParameters"))
    subjects = (asked.get(name) for name in ("roleArn", "targetPrincipal", "name", "accessKeyId"))
    told += [f"-> {subject}" for subject in subjects if subject]
    if message := record.get("errorMessage"):
        told.append(f"({message})")
    return texts, told


def _caller(identity: dict[str, object]) -> str:
    for member in ("arn", "invokedBy", "userName", "principalId"):
        if value := identity.get(member):
            return str(value)
    return "-"
