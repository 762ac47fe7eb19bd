"""XML as plain values, once it has been judged: nothing of a parser, nothing to resolve."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

SAML = "urn:oasis:names:tc:SAML:2.0:assertion"
PROTOCOL = "urn:oasis:names:tc:SAML:2.0:protocol"
METADATA = "urn:oasis:names:tc:SAML:2.0:metadata"
DSIG = "http://www.w3.org/2000/09/xmldsig#"


def name(namespace: str, local: str) -> str:
    """A qualified name as `XmlElement.tag` has it."""
    return f"{{{namespace}}}{local}"


@dataclass(frozen=True, slots=True)
class XmlElement:
    """An element: `tag` is `{namespace}name`, `text` all text directly inside it, joined."""

    tag: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    text: str = ""
    children: tuple["XmlElement", ...] = ()

    def all(self, namespace: str, local: str) -> tuple["XmlElement", ...]:
        """The children of a name, in order."""
        tag = name(namespace, local)
        return tuple(child for child in self.children if child.tag == tag)

    def first(self, namespace: str, local: str) -> "XmlElement | None":
        """The first child of a name."""
        return next(iter(self.all(namespace, local)), None)

    def walk(self) -> Iterator["XmlElement"]:
        """This element and everything below it, in document order."""
        yield self
        for child in self.children:
            yield from child.walk()
