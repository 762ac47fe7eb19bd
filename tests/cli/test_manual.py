"""The manual pages and completion scripts: complete, and what man and the shells accept."""

import os
import shutil
import subprocess
import sys

import pytest

from imds_sim.cli.main import COMMANDS
from imds_sim.config.schema.configuration import Configuration
from tests.cli.conftest import Invoke


@pytest.mark.parametrize("section", ["8", "5"])
def test_man_renders_the_page_without_a_warning(invoke: Invoke, section: str) -> None:
    if shutil.which("groff") is None:
        pytest.skip("groff is not installed")
    page = invoke("man", "--section", section).stdout
    done = subprocess.run(
        ["groff", "-man", "-ww", "-Tutf8", "-rLL=100n"],
        input=page, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stderr == ""
    assert "imds-sim" in done.stdout


def test_the_page_about_the_commands_names_each(invoke: Invoke) -> None:
    page = invoke("man").stdout
    for name in COMMANDS:
        assert f".SS imds\\-sim {name}\n".replace("-", r"\-").replace(r"\\-", r"\-") in page
    assert r".SS imds\-sim clock advance" in page


def test_the_page_about_the_configuration_names_every_key(invoke: Invoke) -> None:
    page = invoke("man", "--section", "5").stdout
    for key in Configuration.fields_by_key():
        assert f".B {key}\n" in page
    for key in ("instances.NAME.metadata_options.http_tokens", "users.NAME.access_keys.[].id"):
        assert f".B {key}\n" in page


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_completion_script_asks_the_program(invoke: Invoke, shell: str) -> None:
    result = invoke("completion", shell)
    assert result.exit_code == 0
    assert f"_IMDS_SIM_COMPLETE={shell}_complete" in result.stdout
    if shutil.which(shell):
        subprocess.run([shell, "-n"], input=result.stdout, text=True, check=True)


def test_the_program_answers_what_the_script_asks() -> None:
    asked = {
        "_IMDS_SIM_COMPLETE": "bash_complete",
        "COMP_WORDS": "imds-sim insta",
        "COMP_CWORD": "1",
    }
    done = subprocess.run(
        [sys.executable, "-m", "imds_sim"],
        env={**os.environ, **asked}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.stdout.split() == ["plain,install-systemd"]


def test_a_shell_that_is_not_known_is_wrong_usage(invoke: Invoke) -> None:
    assert invoke("completion", "tcsh").exit_code == 2
