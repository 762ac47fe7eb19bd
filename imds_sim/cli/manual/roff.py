"""Text as man(7) wants it."""


def escaped(text: str) -> str:
    """`text` without anything that roff would take for an instruction."""
    plain = text.replace("\\", r"\e").replace("-", r"\-")
    plain = plain.replace("'", r"\(aq").replace("`", r"\(ga").replace("^", r"\(ha")
    plain = plain.replace("~", r"\(ti")
    return "\n".join(rf"\&{line}" if line.startswith(".") else line for line in plain.split("\n"))


def heading(name: str, section: str, about: str) -> str:
    """The top of a page: its title and its line for whatis(1)."""
    return f'.TH {escaped(name)} {section} "" "imds\\-sim"\n.SH NAME\n{escaped(name)} \\- {about}\n'


def verbatim(text: str) -> str:
    """Lines that stay as they are."""
    return f".nf\n{escaped(text)}\n.fi\n"


def entry(term: str, text: str) -> str:
    """A term and, below it, what it means."""
    return f".TP\n.B {escaped(term)}\n{escaped(text)}\n"
