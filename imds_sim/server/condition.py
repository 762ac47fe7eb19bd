"""How the daemon is, as the fields of one line in the log. Nothing secret in them."""

from imds_sim.server.backend import Backend
from imds_sim.server.banner import summary


def condition(backend: Backend) -> dict[str, object]:
    """What SIGUSR1 asks for: the numbers of `status` that a person looks at first."""
    core, process, runtime = backend.core, backend.process, backend.runtime
    last = process.last_reload
    return {
        "summary": summary(core, backend.endpoints()),
        "ready": process.ready,
        "uptime_seconds": int(backend.uptime().total_seconds()),
        "config": process.config_source,
        "warnings": len(process.warnings),
        "last_reload": "none" if last is None else last.code or "good",
        "connections": runtime.connections,
        "requests_in_flight": sum(runtime.in_flight().values()),
        "loop_lag_seconds": round(runtime.loop_lag, 3),
        "journal_entries": core.journal.last_number,
        "audit_records": core.audit.last_number,
        "faults_armed": len(core.faults.listed()),
        "records_lost": sum(each.lost for each in backend.files()),
    }
