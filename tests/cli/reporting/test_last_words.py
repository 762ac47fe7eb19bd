import os
import subprocess
import sys

from imds_sim.cli.reporting.last_words import KEPT, LastWords


def written(code: str) -> str:
    """The last words of a program of Python."""
    with LastWords() as words:
        subprocess.run([sys.executable, "-c", code], stderr=words.writer, check=True)
    return words.text()


def test_what_was_written_is_kept() -> None:
    assert written("import os; os.write(2, b'one\\ntwo\\n')") == "one\ntwo\n"
    assert written("") == ""


def test_of_much_the_end_is_kept() -> None:
    told = written("import sys; sys.stderr.write('a' * 1_000_000 + 'z' * 10)")
    assert told == "a" * (KEPT - 10) + "z" * 10


def test_what_is_no_text_is_shown_as_that() -> None:
    assert written("import os; os.write(2, b'\\xff!')") == "\N{REPLACEMENT CHARACTER}!"


def test_nobody_waits_for_a_process_that_is_left_behind() -> None:
    with LastWords() as words:
        left_behind = os.dup(words.writer)
        os.write(left_behind, b"said before")
    assert words.text() == "said before"
    os.close(left_behind)


def test_no_file_descriptor_is_left_open() -> None:
    code = """
import os
from imds_sim.cli.reporting.last_words import LastWords
before = os.listdir("/proc/self/fd")
with LastWords():
    assert os.listdir("/proc/self/fd") != before
assert os.listdir("/proc/self/fd") == before
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
