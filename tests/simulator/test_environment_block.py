import json
import subprocess

import pytest

from imds_sim.simulator.environment_block import Environment, Format, ValueNotWritable

ENDPOINT = "AWS_EC2_METADATA_SERVICE_ENDPOINT"
PLAIN = Environment(
    {ENDPOINT: "http://127.0.0.1:1338", "AWS_REGION": "us-east-1"}, ("AWS_PROFILE",)
)
AWKWARD = 'Basic it\'s "$HOME" `id` \\ #'


def test_for_a_shell_it_unsets_and_exports() -> None:
    assert PLAIN.text(Format.SHELL) == (
        f"unset AWS_PROFILE\nexport {ENDPOINT}=http://127.0.0.1:1338\nexport AWS_REGION=us-east-1\n"
    )


def test_a_shell_reads_back_any_value() -> None:
    text = Environment({"TOKEN": AWKWARD}).text(Format.SHELL) + 'printf %s "$TOKEN"'
    assert subprocess.run(["sh", "-c", text], capture_output=True, text=True).stdout == AWKWARD


def test_as_json_it_is_one_flat_object() -> None:
    assert json.loads(PLAIN.text(Format.JSON)) == PLAIN.set


@pytest.mark.parametrize(
    ("value", "line"),
    [
        ("http://[::1]:80/a", "TOKEN=http://[::1]:80/a"),
        ("", "TOKEN="),
        ("Basic abcd", "TOKEN='Basic abcd'"),
        ("it's $5", 'TOKEN="it\'s \\$5"'),
        ("a\nb", 'TOKEN="a\\nb"'),
    ],
)
def test_dotenv_quotes_what_needs_it(value: str, line: str) -> None:
    assert Environment({"TOKEN": value}).text(Format.DOTENV) == line + "\n"


def test_docker_takes_values_as_they_are() -> None:
    assert Environment({"TOKEN": AWKWARD}).text(Format.DOCKER) == f"TOKEN={AWKWARD}\n"


def test_docker_cannot_be_given_two_lines() -> None:
    with pytest.raises(ValueNotWritable, match="TOKEN"):
        Environment({"TOKEN": "a\nb"}).text(Format.DOCKER)


def test_the_final_slash_goes_to_the_metadata_endpoint_alone() -> None:
    slashed = PLAIN.with_final_slash()
    assert slashed.set == {ENDPOINT: "http://127.0.0.1:1338/", "AWS_REGION": "us-east-1"}
    assert slashed.with_final_slash() == slashed


def test_its_repr_shows_no_value() -> None:
    assert "us-east-1" not in repr(PLAIN)
