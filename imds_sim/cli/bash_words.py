"""Bash splits words at `:` and `=` before a completion sees them; here they are whole again.

Source: bash(1), COMP_WORDBREAKS. Of a completion bash wants what comes after the last break.
"""

from click.shell_completion import BashComplete, CompletionItem, add_completion_class


class WholeWords(BashComplete):
    """Completes `token:4` and `--as=we` as one word each."""

    _typed = ""  # of the word that is completed, what stands before bash's part of it

    def get_completion_args(self) -> tuple[list[str], str]:
        args, incomplete = super().get_completion_args()
        whole: list[str] = []
        glued = False
        for word in (*args, incomplete):
            if whole and word and (glued or _is_break(word)):
                whole[-1] += word
            else:
                whole.append(word)
            glued = _is_break(word)
        part = "" if _is_break(incomplete) else incomplete
        self._typed = whole[-1].removesuffix(part)
        return whole[:-1], whole[-1]

    def format_completion(self, item: CompletionItem) -> str:
        item.value = item.value.removeprefix(self._typed)
        return super().format_completion(item)


def _is_break(word: str) -> bool:
    return bool(word) and not word.strip(":=")


add_completion_class(WholeWords)
