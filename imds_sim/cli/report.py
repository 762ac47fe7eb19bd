"""`imds-sim report`: how a command takes every failure of its credentials."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from imds_sim.cli.completing import FILE, faults, programs, subjects_of_file
from imds_sim.cli.ending import NO, tell

if TYPE_CHECKING:
    from imds_sim.cli.reporting.play import Played, Players
    from imds_sim.config.schema.configuration import Configuration


@click.command(
    "report",
    short_help="How a command takes every failure.",
    context_settings={"allow_interspersed_args": False},
    options_metavar="[OPTIONS] --",
)
@click.option(
    "--config", metavar="FILE", type=FILE, help="Configuration. Default: an instance web-1."
)
@click.option(
    "--as",
    "workload",
    metavar="WORKLOAD",
    shell_complete=subjects_of_file,
    help="Whom to be. Default: as for run.",
)
@click.option(
    "--scenarios",
    metavar="all|GROUP|SPEC,...",
    default="all",
    show_default=True,
    shell_complete=faults,
    help="All that concern the workload, groups (token, cred, ...) or faults; "
    "none: the healthy run, without a fault.",
)
@click.option(
    "--timeout", default=30.0, show_default=True, metavar="SECONDS", help="Limit of each run.",
    type=click.FloatRange(min=0, min_open=True),
)  # fmt: skip
@click.option(
    "--jobs", default=8, show_default=True, metavar="N", type=click.IntRange(1, 64),
    help="Runs side by side; fewer where COMMAND computes much before it asks.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print a list, one object per scenario.")
@click.option(
    "--html", metavar="FILE", type=FILE, help="Write a page with a time line for each too."
)
@click.option(
    "--baseline",
    "baseline_file",
    metavar="FILE",
    type=FILE,
    help="A report of --json: exit 1 and tell the changes if the behaviour is another.",
)
@click.option(
    "--against",
    metavar="SDK",
    help="What an SDK was recorded to do (boto3, awscrt, javascript-v3, go-v2, java-v2, rust): "
    "exit 1 and tell the differences.",
)
@click.argument("arguments", metavar="COMMAND...", nargs=-1, required=True, shell_complete=programs)
def command(
    config: str | None,
    workload: str | None,
    scenarios: str,
    timeout: float,
    jobs: int,
    as_json: bool,
    html: str | None,
    baseline_file: str | None,
    against: str | None,
    arguments: tuple[str, ...],
) -> int:
    """Run COMMAND once per failure scenario, each in a private daemon, and tell how it took it.

    Outcomes: credentials (a call was accepted), none (no signed call was made), error (a call was
    refused, COMMAND failed after it or a signal ended it), timeout. The scenario none is the
    healthy run: nothing goes wrong; faults and weather of --config are left out.
    What COMMAND leaves running is ended.

    \b
    REQUESTS  how many requests COMMAND made, answered or not
    REUSE     reads with a metadata token that was shown before
    V1        whether metadata was asked for without a token, as with IMDSv1
    RETRIES   requests made again after they had failed or their answer was cut
    BACK-OFF  the pauses before them, together

    A change since --baseline is another outcome, exit status, list of requests, REUSE, V1 or
    number of RETRIES, never another time or pause; and a scenario that the baseline lacks. One
    that only the baseline has is a change where --scenarios has all, else it was left out.

    Ctrl-C ends what runs and shows what is done, compared with nothing; the exit status is 130.

    \b
    Example:
      imds-sim report -- python3 app.py
      imds-sim report --html report.html -- python3 app.py
      imds-sim report --scenarios token,cred:503*1 --json -- aws sts get-caller-identity
      imds-sim report --against boto3 -- python3 who_am_i.py
    """
    import json

    from imds_sim.cli.foreground import look_up

    look_up(arguments[0])
    from imds_sim.cli import whole_file
    from imds_sim.cli.reporting import comparison, recorded, show
    from imds_sim.cli.reporting.choice import ALL, CannotConcern, chosen
    from imds_sim.cli.reporting.healthy import doubt
    from imds_sim.cli.reporting.interruption import Interruption
    from imds_sim.cli.reporting.play import Players
    from imds_sim.config.load import load_config
    from imds_sim.faults.errors import FaultInvalid
    from imds_sim.server import logs

    logs.configure("error")
    before = None if baseline_file is None else show.baseline(baseline_file)
    table = None if against is None else recorded.table(against)
    # What goes wrong is the scenarios' matter alone.
    configuration = load_config(config).model_copy(update={"faults": (), "weather": None})
    if html == "-":
        raise click.BadParameter("name a file: what is printed is the table", param_hint="--html")
    if html is not None:
        whole_file.check(html)
    kind = _kind_of(configuration, workload)
    try:
        names = chosen(scenarios, kind)
    except (CannotConcern, FaultInvalid) as error:
        raise click.BadParameter(str(error), param_hint="--scenarios") from error
    comparisons = []
    if before is not None:
        if ALL not in scenarios.split(","):
            before = {name: each for name, each in before.items() if name in names}
        comparisons.append(comparison.with_baseline(before))
    if table is not None:
        comparisons.append(comparison.with_table(table, kind, names))
    players = Players(arguments, configuration, workload, timeout)
    with Interruption(players.stop) as interruption:
        report = _played(players, names, jobs)
    interrupted = interruption.exit_status
    if interrupted is not None:
        tell(f"interrupted after {len(report)} of {len(names)} scenarios")
        comparisons = []  # a part is no behaviour to compare
    documents = [show.document(each) for each in report]
    click.echo(json.dumps(documents, indent=2) if as_json else "\n".join(show.table(report)))
    if html is not None:
        from imds_sim.cli.reporting.page import About, page  # loads jinja2
        from imds_sim.kernel.clock import SystemClock

        about = About(arguments, workload, timeout, SystemClock().wall(), len(names))
        whole_file.write(html, page(report, about, comparisons))
    if wrong := doubt(report):
        tell(wrong)
    differs = False
    for each in comparisons:
        click.echo(f"against {each.other}", err=True)
        for line in each.differences(documents):
            differs = True
            click.echo(line, err=True)
    return interrupted or (NO if differs else 0)


def _played(players: "Players", names: list[str], jobs: int) -> list["Played"]:
    """What was done of these scenarios, in their order."""
    done = {}
    with _progress(len(names)) as tick:
        for played in players.play(names, jobs):
            done[played.scenario] = played
            tick()
    return [done[name] for name in names if name in done]


def _kind_of(configuration: "Configuration", workload: str | None) -> str:
    """The kind of the workload; a user has none. Raises WorkloadUnknown."""
    from imds_sim.iam.entities import User
    from imds_sim.server.embedded import Simulator
    from imds_sim.simulator.environment import subject_named

    with Simulator.start(configuration) as simulator:
        subject = subject_named(simulator.core.world, workload)
        return "user" if isinstance(subject, User) else str(subject.kind)


@contextmanager
def _progress(total: int) -> Iterator[Callable[[], None]]:
    """Gives what is to be called after each run; it does nothing where no terminal is."""
    if not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("scenarios", total=total)
        yield lambda: progress.update(task, advance=1)
