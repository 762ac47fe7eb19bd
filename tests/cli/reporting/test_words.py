from dataclasses import replace

import pytest

from imds_sim.cli.reporting.timeline import time_line
from imds_sim.cli.reporting.words import command_line, exit_name, reply, span_text
from tests.cli.reporting.runs import READ, TOKEN, played, seconds


@pytest.mark.parametrize(
    ("length", "text"),
    [
        (0, "0"),
        (0.0004, "0.4 ms"),
        (0.001, "1 ms"),
        (0.75, "750 ms"),
        (1, "1 s"),
        (2.346, "2.35 s"),
    ],
)
def test_a_length_of_time_has_the_unit_that_suits(length: float, text: str) -> None:
    assert span_text(seconds(length)) == text


@pytest.mark.parametrize(
    ("status", "name"),
    [(0, "exit 0"), (128, "exit 128"), (137, "SIGKILL"), (255, "exit 255"), (None, "time limit")],
)
def test_the_end_of_a_command_has_its_name(status: int | None, name: str) -> None:
    assert exit_name(status) == name


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (None, "200 after 0"),
        ("token:delay=1s", "200 after 1 s"),
        ("token:delay=3s", "no answer in 2 s, it was held back for 3 s"),
        ("token:drop", "no answer in 2 s"),
        ("token:reset", "connection reset after 0"),
        ("token:truncate", "200, cut short after 0"),
    ],
)
def test_a_reply_is_told_as_the_client_met_it(fault: str | None, told: str) -> None:
    line = time_line(played((1, replace(TOKEN, fault=fault)), (3, READ)))
    assert reply(line.asked[0]) == told


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        (["python3", "my app.py"], "python3 'my app.py'"),
        (["python3", "-c", "print('x')"], """python3 -c "print('x')\""""),
        (["echo", "it's $HOME"], """echo 'it'"'"'s $HOME'"""),
        (["app", "--session-token", "abc", "--name", "x"], "app --session-token '***' --name x"),
        (["app", "--password=abc"], "app --password='***'"),
        (["env", "DB_PASSWORD=abc", "app"], "env DB_PASSWORD='***' app"),
        (["app", "--token", "--password", "abc"], "app --token '***' '***'"),
        (["python3", "-c", "import token; x = 1"], "python3 -c 'import token; x = 1'"),
    ],
)
def test_a_command_is_shown_as_a_shell_takes_it_without_its_secrets(
    arguments: list[str], shown: str
) -> None:
    assert command_line(arguments) == shown
