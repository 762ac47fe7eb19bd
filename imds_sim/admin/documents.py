"""The JSON documents of the admin surface. Nothing secret in them; access key ids are not."""

from importlib.metadata import version

from imds_sim.admin import clock as clock_in_json
from imds_sim.admin import faults
from imds_sim.admin.backend import AdminBackend, HeldCredentials, ReloadOutcome, ServedCore
from imds_sim.admin.options import overlay_document
from imds_sim.credentials.minting import deliveries, role_behind
from imds_sim.credentials.provider import CredentialSet, Delivery
from imds_sim.credentials.refresh import Held
from imds_sim.journal.counters import Counters
from imds_sim.journal.entry import Entry
from imds_sim.journal.recorder import Recorder
from imds_sim.kernel.address import TcpAddress
from imds_sim.kernel.clock import Clock
from imds_sim.kernel.timestamps import iso_seconds
from imds_sim.simulator.endpoints import Endpoints
from imds_sim.sts.audit.event import Record
from imds_sim.sts.audit.trail import AuditTrail
from imds_sim.workloads.instance import Instance
from imds_sim.workloads.workload import Workload

Document = dict[str, object]


def status(backend: AdminBackend) -> Document:
    """The daemon, its listeners, workloads and last reload."""
    core, process = backend.core, backend.process
    return {
        "version": version("imds-sim"),
        "pid": process.pid,
        "started_at": iso_seconds(process.started_at),
        "uptime_seconds": int(backend.uptime().total_seconds()),
        "ready": process.ready,
        "config": process.config_source,
        "generation": core.generation,
        "last_reload": reload_outcome(process.last_reload) if process.last_reload else None,
        "clock": clock_in_json.document(core.clock),
        "overlay": overlay_document(core.overlay),
        **faults.document(core.faults),
        "listeners": listeners(backend.endpoints()),
        "workloads": workloads(backend),
        "journal": _size(core.journal),
        "audit": _size(core.audit),
        "alarms": [
            {
                "name": alarm.name,
                "state": alarm.state.value,
                "since": iso_seconds(alarm.since) if alarm.since else None,
            }
            for alarm in core.alarms.states(core.clock.now())
        ],
        "files": [
            {"path": each.path, "written": each.written, "lost": each.lost}
            for each in backend.files()
        ],
        "warnings": list(process.warnings),
    }


def listeners(endpoints: Endpoints) -> list[Document]:
    """Each URL with its surface, and its instance if it belongs to one."""
    shared: list[Document] = [
        {"surface": surface.value, "instance": None, "url": url}
        for surface, urls in endpoints.surfaces.items()
        for url in urls
    ]
    own: list[Document] = [
        {"surface": "imds", "instance": name, "url": url}
        for name, urls in endpoints.instances.items()
        for url in urls
    ]
    control: list[Document] = [
        {"surface": name, "instance": None, "url": url}
        for name, urls in (("admin", endpoints.admin), ("probes", endpoints.probes))
        for url in urls
    ]
    return [*shared, *own, *control]


def workloads(backend: AdminBackend, only: str | None = None) -> list[Document]:
    """Each workload, or one, with what is held for it."""
    core = backend.core
    return [
        workload(each, core.credentials, core.clock) | _counted(each, core.counters)
        for each in core.world.resolver.workloads.values()
        if only is None or each.name == only
    ]


def workload(subject: Workload, credentials: HeldCredentials, clock: Clock) -> Document:
    """Who a workload is and, for each delivery, what it is given now."""
    held = credentials.held(subject.name)
    ways = [way for way in deliveries(subject) if role_behind(subject, way) is not None]
    if isinstance(subject, Instance) and Delivery.INSTANCE_IDENTITY in held:
        ways.append(Delivery.INSTANCE_IDENTITY)  # somebody has read it
    return {
        "name": subject.name,
        "kind": subject.kind,
        "id": getattr(subject, "id", None),
        "arn": subject.arn,
        "role_arn": subject.role.arn if subject.role else None,
        "role_session_name": subject.role_session_name,
        "credentials": {_way(way): _credentials(held.get(way), clock) for way in ways},
    }


def _counted(subject: Workload, counters: Counters) -> Document:
    return {"counters": dict(counters.of(subject.name))} if subject.kind == "instance" else {}


def journal(entries: list[Entry], recorder: Recorder) -> Document:
    """Entries, oldest first, and where the journal stands: ask `after` its last number next."""
    return {"entries": [entry_document(entry) for entry in entries], **_size(recorder)}


def audit(records: list[Record], trail: AuditTrail) -> Document:
    """CloudTrail records, oldest first, and where the trail stands."""
    return {"records": records, **_size(trail)}


def certificates(core: ServedCore) -> Document:
    """What each signed form of an identity document is checked with."""
    found = core.certificates()
    return {
        "region": core.world.region,
        "certificates": [{"form": form.value, "pem": pem} for form, pem in found.items()],
    }


def reload_outcome(outcome: ReloadOutcome) -> Document:
    """How a reload ended."""
    return {
        "ok": outcome.code is None,
        "at": iso_seconds(outcome.at),
        "generation": outcome.generation,
        "changes": list(outcome.changes),
        "warnings": list(outcome.warnings),
        "code": outcome.code,
        "errors": [
            {
                "source": each.source,
                "line": each.line,
                "column": each.column,
                "key": each.key,
                "message": each.message,
                "text": each.text,
            }
            for each in outcome.errors
        ],
    }


def _way(delivery: Delivery) -> str:
    return delivery.name.lower()  # imds_v1, imds_v2, container, instance_identity


def _credentials(held: Held | None, clock: Clock) -> Document:
    if held is None:
        return {"state": "none"}
    due = {"refresh_due_at": iso_seconds(held.due_at)}
    value = held.value
    if not isinstance(value, CredentialSet):
        return {"state": "refused", "code": value.code, "message": value.message, **due}
    remaining = value.expires_at - clock.now()
    return {
        "state": "held",
        "access_key_id": value.access_key_id,
        "issued_at": iso_seconds(value.issued_at),
        "expires_at": iso_seconds(value.expires_at),
        "remaining_seconds": int(remaining.total_seconds()),
        **due,
    }


def _size(ring: Recorder | AuditTrail) -> Document:
    return {
        "size": len(ring),
        "capacity": ring.capacity,
        "last_number": ring.last_number,
    }


def entry_document(entry: Entry) -> Document:
    """One request of the journal."""
    return {
        "number": entry.number,
        "time": entry.time.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "surface": entry.surface,
        "workload": entry.workload,
        "client": entry.client,
        "user_agent": entry.user_agent,
        "method": entry.method,
        "path": entry.path,
        "status": entry.status,
        "imds_version": entry.imds_version,
        "fault": entry.fault,
        "access_key_id": entry.access_key_id,
        "duration_seconds": entry.duration.total_seconds(),
        "detail": entry.detail,
        "local": str(TcpAddress(entry.local, entry.local_port)) if entry.local else None,
        "response_bytes": entry.response_bytes,
        "expires_at": None if entry.expires_at is None else iso_seconds(entry.expires_at),
        "hops": entry.hops,
    }
