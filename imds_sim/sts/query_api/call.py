"""One call of an operation as the HTTP face hands it on, and what comes back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from imds_sim.sts.audit.identity import Identity
from imds_sim.sts.audit.particulars import NOTHING_TOLD, Particulars
from imds_sim.sts.query_api.elements import Elements
from imds_sim.sts.query_api.parameters import Parameters
from imds_sim.sts.service import Service
from imds_sim.sts.signer import Signer


@dataclass(frozen=True, slots=True)
class IncomingCall:
    """An authenticated call. `context` are the condition keys of its connection."""

    service: Service
    signer: Signer
    parameters: Parameters
    context: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class UnsignedCall:
    """A call that proves itself by what it passes; a signature is not looked at.

    `known` is to be told who calls, as soon as the audit may name them.
    """

    service: Service
    parameters: Parameters
    known: Callable[[Identity], None]
    context: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The elements of a result, in their order, a line for the journal, and what is audited.

    `access_key_id` is the one handed out, where no other signed; `expires_at` is the end of the
    credentials that are handed out.
    """

    result: Elements
    done: str
    particulars: Particulars = NOTHING_TOLD
    access_key_id: str | None = None
    expires_at: datetime | None = None
