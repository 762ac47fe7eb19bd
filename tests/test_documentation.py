"""The words around the code are true: commands, flags, examples, files."""

import os
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

import imds_sim
from imds_sim.cli.main import imds_sim as program
from tests.clients import readme_table

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
COMMANDS = program.list_commands(click.Context(program))


def command(name: str) -> click.Command:
    found = program.get_command(click.Context(program), name)
    assert found is not None
    return found


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_in_the_readme(name: str) -> None:
    assert re.search(rf"`(imds-sim )?{name}[ `]", README)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself_with_an_example(name: str) -> None:
    subject = command(name)
    text = subject.get_help(click.Context(subject, info_name=f"imds-sim {name}"))
    assert f"imds-sim {name}" in text.partition("Example")[2]
    for parameter in subject.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, parameter.name
            assert parameter.opts[0] in text


@pytest.mark.parametrize(
    ("group", "name"),
    [
        pytest.param(group, name, id=f"{group} {name}")
        for group in COMMANDS
        if isinstance(subject := command(group), click.Group)
        for name in subject.commands
    ],
)
def test_so_does_every_command_of_a_group(group: str, name: str) -> None:
    commands = command(group)
    assert isinstance(commands, click.Group)
    subject = commands.commands[name]
    text = subject.get_help(click.Context(subject, info_name=f"imds-sim {group} {name}"))
    assert f"imds-sim {group} {name}" in text.partition("Example")[2]
    for parameter in subject.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, parameter.name


def test_every_public_name_can_be_imported() -> None:
    assert [name for name in imds_sim.__all__ if not hasattr(imds_sim, name)] == []


def test_importing_the_package_loads_nothing_heavy() -> None:
    code = "import sys, imds_sim; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert not loaded & {"aiohttp", "pydantic", "cryptography", "uvloop", "apscheduler", "yaml"}


def test_nothing_else_is_at_the_top_of_the_repository() -> None:
    listed = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files"], capture_output=True, text=True, check=False
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    top = {path.partition("/")[0] for path in listed.stdout.split()}
    assert {name for name in top if not name.startswith(".")} == {
        *("CHANGELOG.md", "LICENSE", "README.md", "pyproject.toml"),
        *("configs", "imds_sim", "systemd", "tests"),
    }


def test_every_link_to_a_file_leads_somewhere() -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", README)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_every_dependency_has_its_line_in_the_readme() -> None:
    text = (ROOT / "pyproject.toml").read_text().partition("\ndependencies = [")[2]
    names = re.findall(r'"([a-z0-9-]+)', text.partition("]")[0])
    assert len(names) >= 8
    assert [name for name in names if f"| {name} |" not in README] == []


def test_the_table_of_sdks_is_made_of_what_was_recorded() -> None:
    shown = README.partition(readme_table.START)[2].partition(readme_table.END)[0]
    assert shown.splitlines() == list(readme_table.lines())


def test_no_file_of_the_package_is_longer_than_one_idea() -> None:
    long = {
        str(path.relative_to(ROOT)): length
        for path in (ROOT / "imds_sim").rglob("*.py")
        if (length := len(path.read_text().splitlines())) > 300
    }
    assert long == {}


def test_the_module_runs_as_the_command_does() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "imds_sim", "--version"],
        capture_output=True,
        text=True,
        check=True,
        env=dict(os.environ),
    )
    assert done.stdout.startswith("imds-sim")
