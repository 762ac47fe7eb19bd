"""`imds-sim run`: a command as a workload of a private daemon."""

import os
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import click

from imds_sim.cli.completing import FILE, faults, programs, subjects_of_file


@click.command(
    "run",
    short_help="Run a command as a workload.",
    context_settings={"allow_interspersed_args": False},
    options_metavar="[OPTIONS] --",
)
@click.option(
    "--config", metavar="FILE", type=FILE, help="Configuration. Default: an instance web-1."
)
@click.option(
    "--as",
    "workload",
    metavar="WORKLOAD|user/NAME",
    shell_complete=subjects_of_file,
    help="Whom to be. Default: the first instance, else task, pod, function, endpoint.",
)
@click.option(
    "--fault",
    "faults",
    metavar="SPEC",
    shell_complete=faults,
    multiple=True,
    help="Arm a fault, see: imds-sim fault catalogue. Can be given several times.",
)
@click.option(
    "--token-file",
    type=click.Choice(["newline", "crlf", "missing", "rotates"]),
    help="Lead COMMAND to a token file that ends in a line feed or in CR LF, that is not there, or "
    "that is replaced after every fetch, the token from before having ended. The last is for pods, "
    "the others for endpoints and functions with SnapStart too.",
)
@click.option(
    "--isolated",
    is_flag=True,
    help="In a network namespace with the addresses of AWS and nothing else (Linux).",
)
@click.option(
    "--endpoint-url", metavar="URL", help="AWS_ENDPOINT_URL for COMMAND: another local emulator."
)
@click.option(
    "--aws-config",
    metavar="FILE",
    type=FILE,
    help="AWS configuration file for COMMAND. Default: an empty one, as for credentials.",
)
@click.argument("arguments", metavar="COMMAND...", nargs=-1, required=True, shell_complete=programs)
def command(
    config: str | None,
    workload: str | None,
    faults: tuple[str, ...],
    token_file: str | None,
    isolated: bool,
    endpoint_url: str | None,
    aws_config: str | None,
    arguments: tuple[str, ...],
) -> int:
    """Run COMMAND as a workload, with a private daemon on free loopback ports around it.

    Exits with COMMAND's status; 128+N if signal N ended it, 127 if it is not found, 126 if it
    cannot be executed. The real AWS is hidden from COMMAND: its AWS_* variables, configuration and
    credential files are not seen.

    \b
    Example:
      imds-sim run -- aws sts get-caller-identity
      imds-sim run --config sim.yaml --as web-2 -- pytest -q
      imds-sim run --isolated -- curl -sX PUT http://169.254.169.254/latest/api/token \\
        -H 'X-aws-ec2-metadata-token-ttl-seconds: 60'
      imds-sim run --fault 'token:503*1' -- aws sts get-caller-identity
      imds-sim run --config sim.yaml --as orders-1 --token-file rotates -- pytest -q
    """
    if endpoint_url is not None and urlsplit(endpoint_url).scheme not in ("http", "https"):
        raise click.BadParameter(f"{endpoint_url!r} is not a URL", param_hint="--endpoint-url")
    if aws_config is not None:
        aws_config = _readable(aws_config)
    from imds_sim.cli.foreground import Foreground, look_up

    look_up(arguments[0])
    if isolated:
        from imds_sim.cli.system.isolation import isolate

        isolate()
    with Foreground() as foreground:
        from imds_sim.cli.token_file import TokenFile, placed, rotating
        from imds_sim.config.load import load_config
        from imds_sim.server import logs
        from imds_sim.server.embedded import Simulator
        from imds_sim.simulator.arming import check_met
        from imds_sim.simulator.child_environment import child_environment
        from imds_sim.simulator.environment import subject_named

        logs.configure("warning")
        with (
            tempfile.TemporaryDirectory(prefix="imds-sim-run-") as folder,
            Simulator.start(
                load_config(config), admin=True, isolated=isolated, workload=workload
            ) as simulator,
        ):
            subject = subject_named(simulator.core.world, workload)
            for fault in faults:
                check_met(fault, simulator.core.world, subject)
                simulator.faults.add(fault)
            variables = simulator.environment(workload)
            if token_file == TokenFile.ROTATES:
                simulator.core.journal.sink = rotating(simulator.core, subject, variables)
            elif token_file is not None:
                variables = placed(variables, TokenFile(token_file), Path(folder), subject.name)
            environ = child_environment(
                os.environ,
                variables,
                admin=next(iter(simulator.endpoints.admin), None),
                aws_config=aws_config,
                endpoint_url=endpoint_url,
            )
            return foreground.run(arguments, environ)


def _readable(file: str) -> str:
    """The absolute path of a file. Raises FileUnreadable."""
    try:
        with open(file, "rb"):
            return os.path.abspath(file)
    except OSError as error:
        from imds_sim.cli.ending import FileUnreadable

        raise FileUnreadable(f"{file}: {error.strerror}") from error
