"""`imds-sim get`: one metadata path through the real token flow."""

import os

import click

from imds_sim.cli.completing import workloads
from imds_sim.cli.daemon import admin_option, running
from imds_sim.cli.ending import NO, tell
from imds_sim.cli.listing import mapping

ENDPOINT_VARIABLE = "AWS_EC2_METADATA_SERVICE_ENDPOINT"


@click.command("get", short_help="Print one metadata path through the real token flow.")
@click.argument("path")
@click.option(
    "--as",
    "workload",
    metavar="WORKLOAD",
    shell_complete=workloads("instance"),
    help=f"An instance of the running daemon. Default: ${ENDPOINT_VARIABLE}, else its first.",
)
@admin_option
def command(path: str, workload: str | None, admin: str | None) -> int:
    """Print one metadata path as it is served: PUT for a metadata token, then GET.

    A PATH without leading slash is taken below /latest/. Exit 1 unless the answer is 200.

    \b
    Example:
      imds-sim get meta-data/instance-id
      imds-sim get /2021-07-15/dynamic/instance-identity/document --as web-1
    """
    from imds_sim.cli.chain.local_http import Reply
    from imds_sim.cli.chain.metadata import TOKEN_PATH, MetadataService
    from imds_sim.kernel.secret import Secret

    def refused(what: str, reply: Reply) -> int:
        tell(f"{what}: {reply.status} {reply.reason}")
        return NO

    from_environment = os.environ.get(ENDPOINT_VARIABLE) if workload is None else None
    service = MetadataService(from_environment or _endpoint(workload, admin))
    path = path if path.startswith("/") else f"/latest/{path}"
    token_reply = service.issue_token()
    if token_reply.status != 200:
        return refused(f"PUT {TOKEN_PATH}", token_reply)
    reply = service.get(path, Secret(token_reply.text))
    if reply.status != 200:
        return refused(f"GET {path}", reply)
    click.echo(reply.body, nl=False)
    return 0


def _endpoint(workload: str | None, admin: str | None) -> str:
    document = running(admin).call("GET", "/v1/environment", {"as": workload})
    endpoint = mapping(document.get("set")).get(ENDPOINT_VARIABLE)
    if workload is not None and document.get("kind") != "instance":
        raise click.BadParameter(
            f"{workload} is a {document.get('kind')}; only an instance has metadata",
            param_hint="--as",
        )
    if endpoint is None:
        from imds_sim.admin.errors import DaemonNotFound

        raise DaemonNotFound("the daemon serves no instance metadata: listen.imds is off")
    return str(endpoint)
