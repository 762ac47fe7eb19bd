"""The path of a request: who is asking, what the surface answers, what the journal keeps."""

from dataclasses import dataclass
from typing import Protocol

from imds_sim.containers.aws_lambda import LambdaHandler
from imds_sim.containers.ecs import EcsHandler
from imds_sim.containers.generic import GenericHandler
from imds_sim.faults.play import Play
from imds_sim.imds.handler import ImdsHandler
from imds_sim.journal.recorder import Recorder
from imds_sim.kernel.clock import SteadyClock
from imds_sim.kernel.exchange import Connection, Surface
from imds_sim.kernel.message import Request, Response, Unreadable
from imds_sim.kernel.refusal import Refusal
from imds_sim.simulator.playing import Playing
from imds_sim.simulator.world import World
from imds_sim.sts.query_api.handler import StsQueryHandler
from imds_sim.workloads.endpoint import Endpoint
from imds_sim.workloads.function import Function
from imds_sim.workloads.instance import Instance
from imds_sim.workloads.task import Task
from imds_sim.workloads.workload import Workload


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
    aws_lambda: LambdaHandler
    generic: GenericHandler
    sts: StsQueryHandler
    journal: Recorder
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
                name = instance.name if instance is not None else ""
                tasks = self.world.resolver.tasks_on(name)
                return self.imds.handle(request, instance, connection, tasks)
            case Surface.ECS:
                task = workload if isinstance(workload, Task) else None
                return self.ecs.handle(request, task, connection)
            case Surface.LAMBDA:
                function = workload if isinstance(workload, Function) else None
                return self.aws_lambda.handle(request, function, connection)
            case Surface.GENERIC:
                endpoint = workload if isinstance(workload, Endpoint) else None
                return self.generic.handle(request, endpoint, connection)
            case Surface.STS:
                return self.sts.handle(request, connection)

    def _surface(self, connection: Connection) -> SurfaceHandler:
        match connection.surface:
            case Surface.IMDS:
                return self.imds
            case Surface.ECS:
                return self.ecs
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
        self.journal.record(
            time=self.clock.now(),
            surface=connection.surface,
            workload=workload.name if workload else None,
            client=connection.peer,
            user_agent=user_agent,
            method=method,
            target=target,
            status=response.status if response.plan is None or response.plan.answers else 0,
            notes=response.notes,
            duration=self.clock.held_for(),
        )
