"""A text that stays on the terminal and changes in place."""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console


def watch(
    read: Callable[[], str], ended: Callable[[], bool], console: "Console | None" = None
) -> None:
    """Show what `read` gives, again each time that `ended` has waited and says no."""
    from rich.live import Live
    from rich.text import Text

    with Live(Text(read()), console=console, auto_refresh=False, screen=False) as live:
        while not ended():
            live.update(Text(read()), refresh=True)
