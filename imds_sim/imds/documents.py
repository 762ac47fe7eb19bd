"""The documents of the tree that are worth rendering once and serving many times."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial

from imds_sim.credentials.provider import CredentialSet, Refused
from imds_sim.imds.credentials import credentials_document, extended_document
from imds_sim.imds.identity import identity_document
from imds_sim.imds.overrides import Overrides
from imds_sim.imds.rendered import Rendered
from imds_sim.imds.signatures import Signatures
from imds_sim.imds.signed_forms import SignedForm
from imds_sim.imds.tree import Content
from imds_sim.workloads.instance import Instance

DOCUMENT = "dynamic/instance-identity/document"  # as the file's `metadata:` names it


def _identity(instance: Instance) -> Content:
    return Content(identity_document(instance))


@dataclass(frozen=True, slots=True)
class Documents:
    """As last rendered; every read between two refreshes gets the same bytes."""

    signatures: Signatures
    credentials: Rendered[CredentialSet | Refused, Content] = field(
        default_factory=lambda: Rendered(credentials_document)
    )
    extended_credentials: Rendered[CredentialSet | Refused, Content] = field(
        default_factory=lambda: Rendered(extended_document)
    )
    overrides: Rendered[Mapping[str, str | None], Overrides] = field(
        default_factory=lambda: Rendered(Overrides.of)
    )
    identity: Rendered[Instance, Content] = field(default_factory=lambda: Rendered(_identity))
    _signed: dict[SignedForm, Rendered[Instance, Content]] = field(init=False)

    def __post_init__(self) -> None:
        signed = {form: Rendered(partial(self._sign, form)) for form in SignedForm}
        object.__setattr__(self, "_signed", signed)

    def signed(self, form: SignedForm, instance: Instance) -> Content:
        """The identity document in a signed form: signed at the first read."""
        return self._signed[form].of(instance.name, instance)

    def _sign(self, form: SignedForm, instance: Instance) -> Content:
        # What is signed is what is served, also where the file says it.
        given = instance.metadata.get(DOCUMENT)
        document = given.encode() if given else self.identity.of(instance.name, instance).body
        return Content(self.signatures.sign(form, instance.region, document))
