"""`imds-sim oidc-token`: a token of a built-in issuer."""

import json

import click

from imds_sim.cli.daemon import admin_option, running

SHAPES = ("github", "gitlab", "kubernetes")


@click.command("oidc-token", short_help="Mint a token of a built-in OpenID Connect issuer.")
@click.option(
    "--issuer", metavar="NAME", required=True, help="Name or URL of an issuer with built_in: true."
)
@click.option(
    "--claim",
    "claims",
    metavar="NAME=TEXT|NAME:=JSON",
    multiple=True,
    help="A claim, as text or as JSON; null leaves out what would stand there. May be repeated.",
)
@click.option(
    "--audience",
    "audiences",
    metavar="AUDIENCE",
    multiple=True,
    help="Audience; may be repeated. Default: the first of the provider.",
)
@click.option("--lifetime", metavar="DURATION", default="1h", help="Until exp. Default: 1h.")
@click.option(
    "--shape",
    type=click.Choice(SHAPES),
    help="Claims as this issuer has them; what is not given is an example, sub is made of it.",
)
@admin_option
def command(
    issuer: str,
    claims: tuple[str, ...],
    audiences: tuple[str, ...],
    lifetime: str,
    shape: str | None,
    admin: str | None,
) -> None:
    """Print a signed token of an issuer that the running daemon plays.

    Its claims may be wrong on purpose: iss, iat, exp, nbf and jti are taken as given.

    \b
    Example:
      imds-sim oidc-token --issuer github --shape github --claim repository=octo-org/octo-repo
      imds-sim oidc-token --issuer dev --claim sub=jane --claim exp:=1 > token
    """
    from imds_sim.kernel.timestamps import parse_duration

    order = {
        "issuer": issuer,
        "claims": dict(map(read_claim, claims)),
        "audience": list(audiences) if audiences[1:] else next(iter(audiences), None),
        "lifetime_seconds": int(parse_duration(lifetime).total_seconds()),
        "shape": shape,
    }
    click.echo(running(admin).call("POST", "/v1/oidc-token", document=order)["token"])


def read_claim(text: str) -> tuple[str, object]:
    """`sub=jane` is a text, `admin:=true` is JSON; names may hold colons. Raises UsageError."""
    name, mark, value = text.partition("=")
    if not mark or not name.rstrip(":"):
        raise click.UsageError(f"--claim {text!r}: write it like sub=jane or admin:=true")
    if not name.endswith(":"):
        return name, value
    try:
        return name[:-1], json.loads(value)
    except (ValueError, RecursionError):
        raise click.UsageError(f"--claim {text!r}: what follows := must be JSON") from None
