from io import StringIO

from rich.console import Console

from imds_sim.cli.watching import watch


def test_every_look_is_shown_until_it_ends() -> None:
    texts, ends = iter(["first", "[second]", "never"]), iter([False, True])
    out = StringIO()
    watch(lambda: next(texts), lambda: next(ends), Console(file=out, force_terminal=True))
    shown = out.getvalue()
    assert "[second]" in shown
    assert "never" not in shown
