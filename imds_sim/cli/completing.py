"""What a shell offers while a command is typed: files, workloads, faults, programs.

Whoever presses TAB wants an answer or nothing: no error is told, and a daemon is asked briefly.
"""

import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

Offer = Callable[[click.Context, click.Parameter, str], "list[CompletionItem]"]
PATIENCE = 0.5  # seconds that the daemon has

# Completes; whether the file is there and can be read is for the command to say, with 66 or 77.
FILE = click.Path(readable=False)


def workloads(*kinds: str) -> Offer:
    """Offer the workloads of the running daemon, all or those of some kinds."""

    def offer(
        ctx: click.Context, parameter: click.Parameter, incomplete: str
    ) -> "list[CompletionItem]":
        from click.shell_completion import CompletionItem

        return [
            CompletionItem(name, help=kind)
            for name, kind in _workloads(ctx.params.get("admin"))
            if name.startswith(incomplete) and (not kinds or kind in kinds)
        ]

    return offer


def subjects_of_file(
    ctx: click.Context, parameter: click.Parameter, incomplete: str
) -> "list[CompletionItem]":
    """Offer the workloads and users of the file after --config, or of the built-in one."""
    from click.shell_completion import CompletionItem

    from imds_sim.config.errors import ConfigError
    from imds_sim.config.load import load_config

    try:
        file = load_config(ctx.params.get("config"))
    except ConfigError:
        return []
    names = [*file.instances, *file.tasks, *file.pods, *file.functions, *file.endpoints]
    names += [f"user/{name}" for name in file.users]
    return [CompletionItem(name) for name in names if name.startswith(incomplete)]


def folders(
    ctx: click.Context, parameter: click.Parameter, incomplete: str
) -> "list[CompletionItem]":
    """Let the shell complete directories."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(incomplete, type="dir")]


def faults(
    ctx: click.Context, parameter: click.Parameter, incomplete: str
) -> "list[CompletionItem]":
    """Offer the catalogue; once the target is typed, everything that this target takes."""
    from click.shell_completion import CompletionItem

    from imds_sim.faults.catalogue.contents import OWN, rows, rows_of

    named = [target for target in OWN if incomplete.startswith(f"{target}:")]
    listed = rows_of(named[0]) if named else rows()
    return [
        CompletionItem(row.fault, help=row.says)
        for row in listed
        if row.fault.startswith(incomplete)
    ]


def programs(
    ctx: click.Context, parameter: click.Parameter, incomplete: str
) -> "list[CompletionItem]":
    """Offer a command and its arguments as a shell would: programs of $PATH, then files."""
    from click.shell_completion import CompletionItem

    if ctx.params.get(parameter.name or "") or "/" in incomplete:
        return [CompletionItem(incomplete, type="file")]
    return [CompletionItem(name) for name in sorted(set(_programs(incomplete)))]


def _workloads(admin: str | None) -> Iterator[tuple[str, str]]:
    from imds_sim.admin.client import find
    from imds_sim.cli.listing import mappings
    from imds_sim.kernel.errors import SimError

    try:
        daemon = find(admin, os.environ, os.geteuid())
        document = daemon.call("GET", "/v1/workloads", timeout=PATIENCE)
    except SimError:
        return
    for each in mappings(document.get("workloads")):
        yield str(each.get("name")), str(each.get("kind"))


def _programs(incomplete: str) -> Iterator[str]:
    for folder in os.get_exec_path():
        try:
            names = os.listdir(folder)
        except OSError:
            continue
        for name in names:
            if name.startswith(incomplete) and os.access(os.path.join(folder, name), os.X_OK):
                yield name
