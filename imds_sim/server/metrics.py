"""The metrics of a daemon, read from its own counters when somebody asks.

Loaded at the first `/metrics`: prometheus-client takes longer to load than a request to answer.
"""

import platform
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib.metadata import version

from prometheus_client import PlatformCollector, ProcessCollector
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector, CollectorRegistry

from imds_sim.credentials.provider import CredentialSet
from imds_sim.journal.counters import METADATA_NO_TOKEN, METADATA_NO_TOKEN_REJECTED
from imds_sim.kernel.buckets import Buckets
from imds_sim.server.backend import Backend
from imds_sim.sts.audit.alarms import State

_Rows = Iterable[tuple[tuple[str, ...], float]]


def exposition(backend: Backend, accept: str) -> tuple[bytes, str]:
    """The metrics as text, and its type: OpenMetrics where `accept` wants it, else 0.0.4."""
    registry = CollectorRegistry()
    registry.register(_Metrics(backend))
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    encode, content_type = choose_encoder(accept)
    text: bytes = encode(registry)
    return text, content_type


class _Metrics(Collector):
    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def describe(self) -> Iterable[Metric]:
        return ()  # so that to register is not to collect

    def collect(self) -> Iterator[Metric]:
        build = [((version("imds-sim"), platform.python_version()), 1.0)]
        told = "What runs here."
        yield _family(GaugeMetricFamily, "build_info", told, ("version", "python"), build)
        yield from self._requests()
        yield from self._metadata()
        yield from self._credentials()
        yield from self._sts()
        yield from self._daemon()

    def _requests(self) -> Iterator[Metric]:
        traffic = self._backend.core.traffic
        yield _family(
            CounterMetricFamily,
            "http_requests",
            "Requests to the surfaces that imitate AWS; code 0 where a client got no answer.",
            ("endpoint", "route", "method", "code", "imds_version"),
            (((*key[:3], str(key.code), str(key.imds_version or "")), count)
             for key, count in traffic.requests.items()),
        )  # fmt: skip
        yield _histogram(
            "http_request_duration_seconds",
            "How long answers took to compute.",
            ("endpoint", "route"),
            traffic.durations.items(),
        )
        yield _family(
            GaugeMetricFamily,
            "http_in_flight_requests",
            "Requests that have begun and are not answered.",
            ("endpoint",),
            _by_name({
                **dict.fromkeys((each.value for each in self._backend.endpoints().surfaces), 0),
                **self._backend.runtime.in_flight(),
            }),
        )  # fmt: skip

    def _metadata(self) -> Iterator[Metric]:
        core = self._backend.core
        traffic, names = core.traffic, _instances(self._backend)
        counted = {name: core.counters.of(name) for name in names}
        yield _family(
            CounterMetricFamily, "tokens_issued", "Metadata tokens handed out.", (),
            [((), traffic.tokens_issued)],
        )  # fmt: skip
        rows = _by_name(traffic.tokens_rejected)
        told = "Requests of IMDSv2 that were refused."
        yield _family(CounterMetricFamily, "token_rejections", told, ("reason",), rows)
        for family, name, told in (
            ("imdsv1_requests", METADATA_NO_TOKEN, "IMDSv1 requests that were answered."),
            ("imdsv1_rejected", METADATA_NO_TOKEN_REJECTED, "IMDSv1 requests that were refused."),
        ):
            rows = _by_name({instance: counts[name] for instance, counts in counted.items()})
            yield _family(CounterMetricFamily, family, told, ("instance",), rows)
        yield _family(
            CounterMetricFamily,
            "token_responses_hop_limited",
            "Metadata tokens withheld from clients that are too many hops away.",
            ("instance",),
            _by_name({name: traffic.hop_limited[name] for name in names}),
        )

    def _credentials(self) -> Iterator[Metric]:
        core = self._backend.core
        minted = core.credentials.minted
        told = "Credential sets minted, or refused by the STS."
        yield _family(
            CounterMetricFamily, "credential_refresh", told, ("role", "result"),
            (((role, "success" if good else "refused"), count)
             for (role, good), count in minted.items()),
        )  # fmt: skip
        ends: dict[str, float] = {}
        for name in core.world.resolver.workloads:
            for held in core.credentials.held(name).values():
                if isinstance(held.value, CredentialSet):
                    role, end = held.value.role_arn, held.value.expires_at.timestamp()
                    ends[role] = min(end, ends.get(role, end))
        yield _family(
            GaugeMetricFamily,
            "credential_expiry_timestamp_seconds",
            "When the first of the sets that are held for a role expires.",
            ("role",),
            _by_name(ends),
        )
        yield _histogram(
            "credential_refresh_lag_seconds",
            "How long after they fell due sets were renewed.",
            (),
            [((), core.credentials.lag)],
        )

    def _sts(self) -> Iterator[Metric]:
        traffic = self._backend.core.traffic
        yield _family(
            CounterMetricFamily, "sts_requests", "Requests to the STS.", ("action", "code"),
            (((action, str(code)), count) for (action, code), count in traffic.sts.items()),
        )  # fmt: skip
        yield _histogram(
            "sts_request_duration_seconds",
            "How long answers of the STS took to compute.",
            ("action", "code"),
            (((action, str(code)), each) for (action, code), each in traffic.sts_durations.items()),
        )

    def _daemon(self) -> Iterator[Metric]:
        core, process = self._backend.core, self._backend.process
        reload = process.last_reload
        good = reload is None or reload.code is None
        at = process.last_good_at or process.started_at
        for name, told, value in (
            ("config_last_reload_successful", "Whether the last reload took effect.", float(good)),
            (
                "config_last_reload_success_timestamp_seconds",
                "When a configuration last took effect.",
                at.timestamp(),
            ),
            (
                "event_loop_lag_seconds",
                "By how much the event loop came late to its last regular look.",
                self._backend.runtime.loop_lag,
            ),
        ):
            yield _family(GaugeMetricFamily, name, told, (), [((), value)])
        yield _family(
            GaugeMetricFamily,
            "alarm_state",
            "1 while an alarm on the audit is in ALARM.",
            ("alarm",),
            (((each.name,), float(each.state is State.ALARM))
             for each in core.alarms.states(core.clock.now())),
        )  # fmt: skip


def _instances(backend: Backend) -> list[str]:
    workloads = backend.core.world.resolver.workloads.values()
    return [each.name for each in workloads if each.kind == "instance"]


def _by_name(numbers: Mapping[str, float]) -> _Rows:
    return (((name,), number) for name, number in numbers.items())


def _family(
    kind: Callable[..., CounterMetricFamily | GaugeMetricFamily],
    name: str,
    told: str,
    labels: tuple[str, ...],
    rows: _Rows,
) -> Metric:
    family = kind(f"imds_sim_{name}", told, labels=labels)
    for values, number in rows:
        family.add_metric(values, number)
    return family


def _histogram(
    name: str,
    told: str,
    labels: tuple[str, ...],
    rows: Iterable[tuple[tuple[str, ...], Buckets]],
) -> Metric:
    family = HistogramMetricFamily(f"imds_sim_{name}", told, labels=labels)
    for values, buckets in rows:
        family.add_metric(values, buckets.cumulative(), buckets.seconds)
    return family
