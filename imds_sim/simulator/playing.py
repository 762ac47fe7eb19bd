"""Faults in the pipeline: what the surface is given, and what becomes of its answer."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from imds_sim.faults.armed import ArmedFaults
from imds_sim.faults.hands import Change, Given
from imds_sim.faults.play import Play
from imds_sim.imds.gate import TOKEN_TTL_HEADER
from imds_sim.imds.tokens import MetadataTokens
from imds_sim.kernel.clock import ShiftTooFar, SteadyClock
from imds_sim.kernel.exchange import Connection
from imds_sim.kernel.message import Headers, Request, Response
from imds_sim.simulator.handed import HandedCredentials
from imds_sim.simulator.occasion import occasion_of
from imds_sim.workloads.instance import Instance, MetadataOptions
from imds_sim.workloads.workload import Workload

RENAMED = "-renamed"  # what the new name of a role ends with


@dataclass(frozen=True, slots=True)
class Playing:
    """The armed faults and what they can change. `advance` moves the simulator's time."""

    armed: ArmedFaults
    handed: HandedCredentials
    tokens: MetadataTokens
    clock: SteadyClock
    advance: Callable[[timedelta], None]

    def play(
        self, connection: Connection, request: Request, workload: Workload | None
    ) -> Play | None:
        """What the faults make of a request; None if nothing hits it."""
        return self.armed.play(occasion_of(connection, request, workload))

    def begin(
        self, play: Play, request: Request, workload: Workload | None
    ) -> tuple[Request, Workload | None]:
        """The request and the workload as the surface is to see them."""
        for _, given in play.given:
            self._turn(given)
            request = _changed_request(given, request)
            if isinstance(workload, Instance):
                if given.change is Change.TOKENS_VOID:
                    self.tokens.revoke(workload.id)
                workload = _changed_instance(given, workload)
        self.handed.begin(play.given)
        return request, workload

    def edited(self, play: Play, response: Response) -> Response:
        """The surface's answer as it goes out."""
        noted = response._replace(notes=response.notes._replace(fault=play.name))
        return play.edited(noted)

    def _turn(self, given: Given) -> None:
        if given.span is None:
            return
        if given.change is Change.SKEWED:
            self.clock.skew(given.span)
        elif given.change is Change.JUMPED:
            try:
                self.advance(given.span)
            except ShiftTooFar:  # it has gone as far as it goes
                return


def _changed_request(given: Given, request: Request) -> Request:
    if given.change is not Change.TOKEN_LIFE or given.span is None:
        return request
    seconds = str(int(given.span.total_seconds()))
    fields = [
        (name, seconds if name.lower() == TOKEN_TTL_HEADER else value)
        for name, value in request.headers
    ]
    return request._replace(headers=Headers(fields))


def _changed_instance(given: Given, instance: Instance) -> Instance:
    match given.change:
        case Change.V1_CLOSED:
            return _with_options(instance, replace(instance.options, http_tokens_required=True))
        case Change.V1_OPEN:
            return _with_options(instance, replace(instance.options, http_tokens_required=False))
        case Change.ENDPOINT_OFF:
            return _with_options(instance, replace(instance.options, http_endpoint_enabled=False))
        case Change.EXTENDED_ON:
            return replace(instance, extended_credentials=True)
        case Change.ROLE_RENAMED if instance.profile is not None:
            role = replace(instance.profile.role, name=f"{instance.profile.role.name}{RENAMED}")
            return replace(instance, profile=replace(instance.profile, role=role))
        case _:
            return instance


def _with_options(instance: Instance, options: MetadataOptions) -> Instance:
    return replace(instance, options=options)
