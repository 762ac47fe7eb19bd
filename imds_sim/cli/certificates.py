"""`imds-sim certificates`: what the signatures of identity documents are checked with."""

import click

from imds_sim.cli.daemon import admin_option, running
from imds_sim.cli.listing import mappings
from imds_sim.imds.signed_forms import SignedForm


@click.command("certificates", short_help="Print the certificates of identity documents.")
@click.argument("form", required=False, type=click.Choice([form.value for form in SignedForm]))
@admin_option
def command(form: str | None, admin: str | None) -> None:
    """Print the certificate for one FORM of signature, or for each of them, in PEM.

    FORM is the name of the leaf in /latest/dynamic/instance-identity/. Keys and certificates are
    made at their first use; with a state_dir they stay the same.

    \b
    Example:
      imds-sim certificates rsa2048 > certificate
      openssl smime -verify -in rsa2048 -inform PEM -certfile certificate -noverify
    """
    document = running(admin).call("GET", "/v1/certificates")
    for each in mappings(document.get("certificates")):
        if form is None:
            click.echo(f"# {each.get('form')}, {document.get('region')}")
        if form in (None, each.get("form")):
            click.echo(each.get("pem"), nl=False)
