"""`imds-sim doctor`: what is wrong here, and the remedy."""

import os
from collections.abc import Iterator
from pathlib import Path

import click

from imds_sim.cli.completing import FILE
from imds_sim.cli.daemon import admin_option, running
from imds_sim.cli.ending import NO
from imds_sim.cli.listing import mapping, mappings, strings


@click.command("doctor", short_help="Say what is wrong here and how to mend it.")
@click.option(
    "--config", "config", metavar="FILE", type=FILE, help="Look also at what this file asks for."
)
@admin_option
def command(config: str | None, admin: str | None) -> int:
    """Look at the daemon, its clients, the environment and this machine: a line for each ailment.

    Each line ends with the remedy; exit 1 if there is one. Credential files that SDKs read before
    they ask anybody count, their contents are never shown. With --config the addresses, ports and
    key files of a configuration are looked at too.

    \b
    Example:
      imds-sim doctor --config sim.yaml
    """
    from imds_sim.cli.system import ailments

    status, told = _asked(admin)
    hosts = _bound_hosts(status)
    found = [*ailments.of_environment(os.environ), *ailments.of_shared_files(os.environ)]
    found += [*ailments.of_aim(os.environ, hosts), *told]
    if config is not None:
        found += _of_file(config)
    found += [*ailments.of_addresses(hosts), *ailments.of_cloud()]
    for line in dict.fromkeys(found) or ["nothing is wrong here"]:
        click.echo(line)
    return NO if found else 0


def _asked(admin: str | None) -> tuple[dict[str, object], list[str]]:
    """The status of the daemon, empty without one, and what is wrong with it and its clients."""
    from imds_sim.admin.errors import AdminError
    from imds_sim.cli.clients import told_out_of_reach

    try:
        daemon = running(admin)
        status, seen = daemon.call("GET", "/v1/status"), daemon.call("GET", "/v1/clients")
    except AdminError as error:
        return {}, [f"daemon: {error}"]
    clients = mappings(seen.get("clients"))
    return status, [
        *_of_daemon(status),
        *(f"client {line}" for each in clients for line in told_out_of_reach(each)),
    ]


def _of_daemon(status: dict[str, object]) -> Iterator[str]:
    if not status.get("ready"):
        yield 'daemon: it is not ready; "imds-sim wait" waits until it is'
    for warning in strings(status.get("warnings")):
        yield f'daemon: {warning}; change the configuration, then "imds-sim reload"'
    reload = mapping(status.get("last_reload"))
    if reload and not reload.get("ok"):
        errors = "; ".join(str(each.get("text")) for each in mappings(reload.get("errors")))
        told = errors or reload.get("code")
        yield f'reload: refused, the old configuration answers: {told}; mend, "imds-sim reload"'


def _bound_hosts(status: dict[str, object]) -> list[str]:
    """The hosts that the daemon listens on, none if there is no daemon."""
    from urllib.parse import urlsplit

    urls = [str(each.get("url")) for each in mappings(status.get("listeners"))]
    return [host for url in urls if (host := urlsplit(url).hostname)]


def _of_file(config: str) -> list[str]:
    from imds_sim.cli.system.ailments import of_addresses, of_key_file, of_ports
    from imds_sim.config.errors import ConfigError
    from imds_sim.config.load import load_config
    from imds_sim.kernel.address import TcpAddress

    try:
        configuration = load_config(config)
    except ConfigError as error:
        return [f'configuration: {error}; "imds-sim check {config}" shows it']
    surfaces = [
        getattr(configuration.listen, name) for name in type(configuration.listen).model_fields
    ]
    listed = [*surfaces, *(each.listen for each in configuration.instances.values())]
    tcp = [each for some in listed for each in some or () if isinstance(each, TcpAddress)]
    found = [*of_addresses([each.host for each in tcp]), *of_ports({each.port for each in tcp})]
    if configuration.state_dir is not None:
        found += of_key_file(Path(configuration.state_dir) / "state.key")
    key = configuration.state_key_file
    if key is not None and key.is_open_to_others:  # a group may read this one
        found.append(f"{key.path}: every user can read the key; chmod o-rwx {key.path}")
    if configuration.admin_token_file is not None:
        found += of_key_file(configuration.admin_token_file.path)
    return found
