"""`imds-sim why`: why a role can or cannot be assumed."""

import json
from typing import TYPE_CHECKING

import click

from imds_sim.cli.completing import FILE, workloads
from imds_sim.cli.daemon import admin_option, running
from imds_sim.cli.ending import NO
from imds_sim.cli.listing import mapping, mappings, strings
from imds_sim.cli.oidc_token import read_claim

if TYPE_CHECKING:
    from imds_sim.simulator.why import Question


@click.command("why", short_help="Tell why a role can or cannot be assumed.")
@click.option(
    "--principal",
    metavar="PRINCIPAL",
    shell_complete=workloads(),
    required=True,
    help="Who asks: a workload, user/NAME, an ARN (of an OIDC provider too), or a service such as "
    "ec2.amazonaws.com.",
)
@click.option("--role", metavar="NAME|ARN", required=True, help="The role to be assumed.")
@click.option("--external-id", metavar="ID", help="ExternalId of the call.")
@click.option(
    "--session-name",
    metavar="NAME",
    help="RoleSessionName of the call. Default: the workload's own, else 'session'.",
)
@click.option(
    "--tag", "tags", metavar="KEY=VALUE", multiple=True, help="A session tag; may be repeated."
)
@click.option("--source-identity", metavar="ID", help="SourceIdentity of the call.")
@click.option("--mfa", is_flag=True, help="The call is made with a code of an MFA device.")
@click.option(
    "--claim",
    "claims",
    metavar="NAME=TEXT|NAME:=JSON",
    multiple=True,
    help="A claim of the token that a holder of the provider's tokens shows; may be repeated.",
)
@click.option(
    "--config", metavar="FILE", type=FILE, help="Ask a configuration instead of the running daemon."
)
@click.option("--json", "as_json", is_flag=True, help="Print the whole explanation as one object.")
@admin_option
def command(
    principal: str,
    role: str,
    external_id: str | None,
    session_name: str | None,
    tags: tuple[str, ...],
    source_identity: str | None,
    mfa: bool,
    claims: tuple[str, ...],
    config: str | None,
    as_json: bool,
    admin: str | None,
) -> int:
    """Tell which statement lets a principal assume a role, or what would have to change.

    A workload that has the role stands for its service, which delivers the credentials; with any
    other role it stands for the session that it holds. Exit 1 if the role cannot be assumed.

    \b
    Example:
      imds-sim why --principal web-1 --role web
      imds-sim why --principal user/alice --role deploy --external-id 42 --config sim.yaml
      imds-sim why --principal arn:aws:iam::111122223333:oidc-provider/gitlab.com --role ci \\
        --claim sub=project_path:my-group/my-project:ref_type:branch:ref:main
    """
    from imds_sim.simulator.why import Question

    question = Question(
        principal,
        role,
        external_id,
        session_name,
        _tags(tags),
        source_identity,
        mfa,
        dict(map(read_claim, claims)),
    )
    if config is not None:
        document = _from_file(config, question)
    else:
        from imds_sim.admin.questions import write_question

        document = running(admin).call("GET", "/v1/why", write_question(question))
    click.echo(json.dumps(document, indent=2) if as_json else "\n".join(_told(document)))
    return 0 if document.get("allowed") is True else NO


def _tags(given: tuple[str, ...]) -> dict[str, str]:
    tags: dict[str, str] = {}
    for each in given:
        key, separator, value = each.partition("=")
        if not separator:
            raise click.BadParameter(f"{each!r} is not KEY=VALUE", param_hint="--tag")
        if key in tags:
            raise click.BadParameter(f"{key!r} is given twice", param_hint="--tag")
        tags[key] = value
    return tags


def _from_file(config: str, question: "Question") -> dict[str, object]:
    """The answer of a simulator that serves nobody. Raises what `load_config` raises."""
    from imds_sim.config.build import build_world
    from imds_sim.config.load import load_config
    from imds_sim.iam.generations import Generations
    from imds_sim.kernel.clock import SystemClock
    from imds_sim.kernel.entropy import SystemEntropy
    from imds_sim.kernel.identifiers import Identifiers
    from imds_sim.simulator.core import Core, derived_key
    from imds_sim.simulator.why import explain

    entropy, clock = SystemEntropy(), SystemClock()
    state_key = entropy.bytes(32, "state key")
    ids = Identifiers(derived_key(state_key, "identifiers"))
    world = build_world(load_config(config), ids, Generations(), clock.now())
    return explain(Core(world, state_key, clock, entropy), question).document()


def _told(document: dict[str, object]) -> list[str]:
    principal, role = document.get("principal"), document.get("role")
    if document.get("allowed") is True:
        lines = [f"yes: {principal} can assume {role}"]
    else:
        lines = [f"no: {principal} cannot assume {role}"]
    for decision in mappings(document.get("decisions")):
        lines.append(f"  {decision.get('action')}: {decision.get('effect')}")
        lines.append(f"    {decision.get('reason')}")
    if refusal := mapping(document.get("refusal")):
        lines.append(f"  {refusal.get('code')}: {refusal.get('message')}")
    if remedies := strings(document.get("remedies")):
        lines.append("  to change that, one of:")
        lines += [f"    {each}" for each in remedies]
    return lines
