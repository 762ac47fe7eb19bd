"""Journal and audit over the admin surface: asked for from a number on, and emptied."""

from collections.abc import Mapping

from imds_sim.admin import documents
from imds_sim.admin.backend import ServedCore
from imds_sim.admin.documents import Document
from imds_sim.admin.errors import QueryInvalid
from imds_sim.journal.recorder import Recorder
from imds_sim.kernel.exchange import Surface
from imds_sim.sts.audit.trail import AuditTrail


def journal(core: ServedCore, query: Mapping[str, str]) -> Document:
    """The entries after a number, of one workload or surface if given.

    A workload that was stopped has entries still. Raises QueryInvalid, WorkloadUnknown.
    """
    after, surface = _after(query), query.get("surface")
    if surface is not None and surface not in set(Surface):
        raise QueryInvalid(f"surface: {surface!r} is not one of {', '.join(Surface)}")
    workload = query.get("as")
    resolver = core.world.resolver
    if workload and workload not in resolver.workloads and not core.journal.entries(0, workload):
        resolver.named(workload)
    entries = core.journal.entries(after, workload, surface)
    return documents.journal(entries, core.journal)


def audit(core: ServedCore, query: Mapping[str, str]) -> Document:
    """The records after a number. Raises QueryInvalid."""
    return documents.audit(core.audit.records(_after(query)), core.audit)


def cleared(ring: Recorder | AuditTrail) -> Document:
    """Empty it, and tell of how many."""
    count = len(ring)
    ring.clear()
    return {"cleared": count, "last_number": ring.last_number}


def _after(query: Mapping[str, str]) -> int:
    text = query.get("after", "0")
    if not (text.isascii() and text.isdecimal() and len(text) <= 18):
        raise QueryInvalid(f"after: {text!r} is not the number of an entry, 0 or more")
    return int(text)
