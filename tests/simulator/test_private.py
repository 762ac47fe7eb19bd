from imds_sim.kernel.exchange import Surface
from imds_sim.simulator.private import FREE_PORT, private_world
from imds_sim.workloads.instance import Instance
from imds_sim.workloads.listener import Listener
from tests.simulator.scenes import scene_of


def test_a_private_world_has_free_loopback_ports_only() -> None:
    world = private_world(
        scene_of(
            "allow_clients: [10.0.0.0/8]\n"
            'listen: {imds: ["169.254.169.254:80"], sts: []}\n'
            'instances: {a: {listen: ["127.0.0.1:1400"]}, b: {clients: ["10.0.0.0/8"]}}\n'
        ).core.world
    )
    assert set(world.listeners) == {
        *(Listener(surface, FREE_PORT) for surface in Surface if surface != Surface.EKS_PROBES),
        Listener(Surface.IMDS, FREE_PORT, "a"),
        Listener(Surface.IMDS, FREE_PORT, "b"),
    }
    assert world.allow_clients == ()
    default = world.resolver.default_instance
    assert default is not None
    assert default.name == "a"
    for workload in world.resolver.workloads.values():
        assert isinstance(workload, Instance)
        assert (workload.listen, workload.clients) == ((), ())


def test_the_probes_of_the_agent_are_there_if_the_file_wants_them() -> None:
    world = scene_of('listen: {eks_probes: ["127.0.0.1:2703"]}').core.world
    assert Listener(Surface.EKS_PROBES, FREE_PORT) in private_world(world).listeners
