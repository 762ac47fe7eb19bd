"""The path of a request: who is asking, what the surface answers, what the journal keeps."""

from dataclasses import dataclass
from typing import Protocol

from imds_sim.containers.aws_lambda import LambdaHandler
from imds_sim.containers.ecs import EcsHandler
from imds_sim.containers.eks import EksHandler
from imds_sim.containers.eks_probes import EksProbeHandler
from imds_sim.containers.generic import GenericHandler
from imds_sim.faults.play import Play
from imds_sim.imds.handler import ImdsHandler
from imds_sim.journal.clients import Clients
from imds_sim.journal.counters import Counters
from imds_sim.journal.recorder import Recorder
from imds_sim.kernel.clock import SteadyClock
from imds_sim.kernel.exchange import Connection, Surface
from imds_sim.kernel.message import Request, Response, Unreadable
from imds_sim.kernel.plan import End, WirePlan
from imds_sim.kernel.refusal import Refusal
from imds_sim.simulator.playing import Playing
from imds_sim.simulator.traffic import Traffic
from imds_sim.simulator.world import World
from imds_sim.sts.audit.alarms import Alarms
from imds_sim.sts.query_api.handler import StsQueryHandler
from imds_sim.workloads.endpoint import Endpoint
from imds_sim.workloads.function import Function
from imds_sim.workloads.hops import is_ipv6_endpoint, is_lost
from imds_sim.workloads.instance import Instance
from imds_sim.workloads.pod import Pod
from imds_sim.workloads.task import Task
from imds_sim.workloads.workload import Workload

UNREACHABLE = WirePlan(end=End.RESET)
WITHHELD = WirePlan(delay=60.0, end=End.RESET)  # as if the answer were lost on its way
TOO_FAR = "the client is too many hops away"


class SurfaceHandler(Protocol):
    """What every surface can answer beside the requests that it understands."""

    def refuse(self, unreadable: Unreadable) -> Response:
        """Answer bytes that are no request, and close."""
        ...

    def failed(self) -> Response:
        """Answer a request that met a bug of ours, and close."""
        ...

    def faulted(self, request: Request, connection: Connection, refusal: Refusal) -> Response:
        """Refuse as a fault wants it, in the words of the surface."""
        ...


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Bound to one world, so that a request sees one configuration from end to end."""

    world: World
    imds: ImdsHandler
    ecs: EcsHandler
    eks: EksHandler
    eks_probes: EksProbeHandler
    aws_lambda: LambdaHandler
    generic: GenericHandler
    sts: StsQueryHandler
    journal: Recorder
    alarms: Alarms
    counters: Counters
    clients: Clients
    traffic: Traffic
    clock: SteadyClock
    playing: Playing

    def handle(self, connection: Connection, request: Request | Unreadable) -> Response:
        """Answer and journal one request."""
        self.clock.hold()
        try:
            if isinstance(request, Unreadable):
                workload = None
                response = self._surface(connection).refuse(request)
            else:
                workload = self.world.resolver.resolve(connection, request)
                play = None
                if self.playing.armed.active:
                    play = self.playing.play(connection, request, workload)
                if play is None:
                    response = self._answer(connection, request, workload)
                else:
                    response = self._play(play, connection, request, workload)
            self._record(connection, request, workload, response)
        finally:
            self.clock.release()
        return response

    def failed(self, connection: Connection, request: Request | Unreadable) -> Response:
        """Answer and journal a request that met a bug."""
        response = self._surface(connection).failed()
        self._record(connection, request, None, response)
        return response

    def _play(
        self, play: Play, connection: Connection, request: Request, workload: Workload | None
    ) -> Response:
        """Answer a request that faults have hit."""
        try:
            seen, actor = self.playing.begin(play, request, workload)
            if play.refusal is not None:
                answer = self._surface(connection).faulted(seen, connection, play.refusal)
            else:
                answer = self._answer(connection, seen, actor)
        finally:
            self.playing.handed.end()
        return self.playing.edited(play, answer)

    def _answer(
        self, connection: Connection, request: Request, workload: Workload | None
    ) -> Response:
        match connection.surface:
            case Surface.IMDS:
                instance = workload if isinstance(workload, Instance) else None
                return self._metadata(request, instance, connection)
            case Surface.ECS:
                task = workload if isinstance(workload, Task) else None
                return self.ecs.handle(request, task, connection)
            case Surface.EKS:
                pod = workload if isinstance(workload, Pod) else None
                return self.eks.handle(request, pod, connection)
            case Surface.EKS_PROBES:
                return self.eks_probes.handle(request, connection)
            case Surface.LAMBDA:
                function = workload if isinstance(workload, Function) else None
                return self.aws_lambda.handle(request, function, connection)
            case Surface.GENERIC:
                endpoint = workload if isinstance(workload, Endpoint) else None
                return self.generic.handle(request, endpoint, connection)
            case Surface.STS:
                return self.sts.handle(request, connection)

    def _metadata(
        self, request: Request, instance: Instance | None, connection: Connection
    ) -> Response:
        tasks = self.world.resolver.tasks_on("" if instance is None else instance.name)
        response = self.imds.handle(request, instance, connection, tasks)
        closed = instance is not None and not instance.options.http_protocol_ipv6_enabled
        if closed and is_ipv6_endpoint(connection.local):
            notes = response.notes._replace(detail="HttpProtocolIpv6 is disabled")
            return response._replace(plan=UNREACHABLE, notes=notes, hops=None)
        if response.hops is None:
            return response
        hops = self.world.hop_limit.hops(response.hops, connection)
        if hops is not None and is_lost(hops, connection):
            notes = response.notes._replace(detail=TOO_FAR, token_lost=True)
            response = response._replace(notes=notes)
        if hops == 0:
            return response._replace(plan=WITHHELD, hops=None)
        return response._replace(hops=hops)

    def _surface(self, connection: Connection) -> SurfaceHandler:
        match connection.surface:
            case Surface.IMDS:
                return self.imds
            case Surface.ECS:
                return self.ecs
            case Surface.EKS:
                return self.eks
            case Surface.EKS_PROBES:
                return self.eks_probes
            case Surface.LAMBDA:
                return self.aws_lambda
            case Surface.GENERIC:
                return self.generic
            case Surface.STS:
                return self.sts

    def _record(
        self,
        connection: Connection,
        request: Request | Unreadable,
        workload: Workload | None,
        response: Response,
    ) -> None:
        if isinstance(request, Unreadable):
            method, target, user_agent = "", "", None
        else:
            method, target = request.method, request.target
            user_agent = request.headers.get("user-agent")
        now, notes = self.clock.now(), response.notes
        status = response.status if response.plan is None or response.plan.answers else 0
        duration = self.clock.held_for()
        self.traffic.count(connection.surface, request, response, status, duration)
        name = None if workload is None else workload.name
        if name is not None and notes.token_lost:
            self.traffic.hop_limited[name] += 1
        self.clients.asked(
            connection, self.clock.wall(), name, user_agent, notes.imds_version, notes.token_lost
        )
        if workload is not None and status:
            if notes.imds_version == 1:
                self.counters.without_token(workload.name, status)
            if notes.access_key_id is not None:
                # The two ways of IMDS and the instance identity role have sets of their own.
                kind = "identity" if "/identity-credentials/" in target else "role"
                holder = f"{workload.name} {notes.imds_version} {kind}"
                self.alarms.handed_out(holder, notes.access_key_id, now)
        self.journal.record(
            time=now,
            surface=connection.surface,
            workload=name,
            client=connection.peer,
            user_agent=user_agent,
            method=method,
            target=target,
            status=status,
            notes=notes,
            duration=duration,
            local=connection.local,
            local_port=connection.local_port,
            hops=connection.hops,
            response_bytes=len(response.body),
        )
