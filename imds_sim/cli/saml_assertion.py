"""`imds-sim saml-assertion`: a signed response of a built-in SAML provider, or its metadata."""

from datetime import timedelta

import click

from imds_sim.cli.daemon import admin_option, running
from imds_sim.cli.ending import tell


@click.command("saml-assertion", short_help="Print an assertion of a built-in SAML provider.")
@click.option("--provider", metavar="NAME|ARN", required=True, help="The built-in SAML provider.")
@click.option(
    "--role",
    "roles",
    metavar="NAME|ARN",
    multiple=True,
    help="A role that the assertion gives; may be repeated.",
)
@click.option(
    "--session-name", metavar="NAME", help="RoleSessionName, and the subject without --subject."
)
@click.option("--subject", metavar="TEXT", help="NameID. Default: the session name.")
@click.option(
    "--name-format",
    metavar="URI",
    help="Format of the NameID. Default: ...nameid-format:persistent",
)
@click.option(
    "--attribute",
    "attributes",
    metavar="NAME=VALUE",
    multiple=True,
    help="A further attribute by its whole name; one that is repeated has several values. A name "
    "with = in it cannot be given.",
)
@click.option("--tag", "tags", metavar="KEY=VALUE", multiple=True, help="A PrincipalTag.")
@click.option("--transitive", metavar="KEY", multiple=True, help="A key of TransitiveTagKeys.")
@click.option("--duration", metavar="D", help="SessionDuration, e.g. 15m. Default: none.")
@click.option("--source-identity", metavar="ID", help="SourceIdentity. Default: none.")
@click.option(
    "--recipient", metavar="URL", help="Recipient. Default: https://signin.aws.amazon.com/saml"
)
@click.option("--audience", metavar="URI", help="Audience. Default: urn:amazon:webservices")
@click.option("--lifetime", metavar="D", help="How long the assertion is valid. Default: 5m.")
@click.option(
    "--signed",
    type=click.Choice(["assertion", "response", "both"]),
    help="What is signed. Default: assertion.",
)
@click.option("--metadata", is_flag=True, help="Print the metadata of the provider instead.")
@admin_option
def command(
    provider: str,
    roles: tuple[str, ...],
    session_name: str | None,
    subject: str | None,
    name_format: str | None,
    attributes: tuple[str, ...],
    tags: tuple[str, ...],
    transitive: tuple[str, ...],
    duration: str | None,
    source_identity: str | None,
    recipient: str | None,
    audience: str | None,
    lifetime: str | None,
    signed: str | None,
    metadata: bool,
    admin: str | None,
) -> None:
    """Print a response of a built-in SAML provider in base64, as AssumeRoleWithSAML takes it.

    AWS takes it for five minutes, as often as it comes, by the simulator's time.

    \b
    Example:
      imds-sim saml-assertion --provider corp --role web --session-name joe --tag team=blue
      imds-sim saml-assertion --provider corp --metadata
    """
    daemon = running(admin)
    if metadata:
        told = daemon.call("GET", "/v1/saml-metadata", {"provider": provider})
        click.echo(str(told["metadata"]), nl=False)
        return
    if session_name is None or not roles:
        raise click.UsageError("an assertion wants --role and --session-name")
    document: dict[str, object] = {
        "provider": provider,
        "roles": list(roles),
        "session_name": session_name,
        "subject": subject,
        "name_format": name_format,
        "attributes": _gathered(attributes, "--attribute"),
        "tags": {key: values[-1] for key, values in _gathered(tags, "--tag").items()},
        "transitive_tag_keys": list(transitive),
        "duration_seconds": _seconds(duration),
        "source_identity": source_identity,
        "recipient": recipient,
        "audience": audience,
        "lifetime_seconds": _seconds(lifetime),
        "signed": signed,
    }
    told = daemon.call("POST", "/v1/saml-assertion", document=document)
    click.echo(str(told["saml_response"]))
    tell(f"good until {told['expires_at']}")


def _gathered(given: tuple[str, ...], option: str) -> dict[str, list[str]]:
    gathered: dict[str, list[str]] = {}
    for each in given:
        key, separator, value = each.partition("=")
        if not separator:
            raise click.BadParameter(f"{each!r} has no =", param_hint=option)
        gathered.setdefault(key, []).append(value)
    return gathered


def _seconds(duration: str | None) -> int | None:
    from imds_sim.kernel.timestamps import parse_duration

    return None if duration is None else parse_duration(duration) // timedelta(seconds=1)
