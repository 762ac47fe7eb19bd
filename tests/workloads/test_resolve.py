import json
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import replace
from ipaddress import IPv4Network, IPv6Network, ip_network

import pytest

from imds_sim.kernel.exchange import Connection, Surface
from imds_sim.kernel.message import Headers, Request
from imds_sim.workloads.function import Function
from imds_sim.workloads.instance import Instance
from imds_sim.workloads.pod import Pod
from imds_sim.workloads.resolve import Resolver, WorkloadUnknown
from imds_sim.workloads.task import Task

MakeInstance = Callable[..., Instance]
GET = Request("GET", "/latest/meta-data/")


def nets(*texts: str) -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(ip_network(text) for text in texts)


def over(surface: Surface, peer: str = "127.0.0.1", instance: str | None = None) -> Connection:
    return Connection(surface, instance, peer, 40000, "127.0.0.1", 1338)


@pytest.mark.parametrize(
    ("peer", "name"),
    [
        pytest.param("172.30.0.11", "exact", id="the longest prefix wins"),
        pytest.param("172.30.0.12", "narrow", id="just outside the exact address"),
        pytest.param("172.30.0.255", "narrow", id="last of the narrow network"),
        pytest.param("172.30.1.0", "wide", id="first beyond it"),
        pytest.param("172.31.0.0", "rest", id="nobody's network"),
        pytest.param("::ffff:172.30.0.11", "exact", id="IPv4 mapped into IPv6"),
        pytest.param("2001:db8::1", "six", id="IPv6"),
        pytest.param("2001:db9::1", "rest", id="nobody's IPv6 network"),
        pytest.param("", "rest", id="a unix socket"),
    ],
)
def test_a_shared_listener_tells_instances_apart_by_client(
    make_instance: MakeInstance, peer: str, name: str
) -> None:
    resolver = Resolver.of(
        [
            make_instance("wide", clients=nets("172.30.0.0/16")),
            make_instance("exact", clients=nets("172.30.0.11")),
            make_instance("narrow", clients=nets("172.30.0.0/24")),
            make_instance("six", clients=nets("2001:db8::/32")),
            make_instance("rest"),
        ]
    )
    found = resolver.resolve(over(Surface.IMDS, peer), GET)
    assert found is not None
    assert found.name == name


def test_an_instances_own_listener_answers_as_it_whoever_asks(make_instance: MakeInstance) -> None:
    own = make_instance("own")
    resolver = Resolver.of([make_instance("all", clients=nets("0.0.0.0/0")), own])
    assert resolver.resolve(over(Surface.IMDS, instance="own"), GET) is own


def test_the_first_instance_without_listener_and_clients_answers_the_rest(
    make_instance: MakeInstance,
) -> None:
    resolver = Resolver.of(
        [make_instance("a", clients=nets("10.0.0.0/8")), make_instance("b"), make_instance("c")]
    )
    found = resolver.resolve(over(Surface.IMDS), GET)
    assert found is not None
    assert found.name == "b"


def test_nobody_is_asking_where_every_instance_has_clients_of_its_own(
    make_instance: MakeInstance,
) -> None:
    resolver = Resolver.of([make_instance("a", clients=nets("10.0.0.0/8"))])
    assert resolver.resolve(over(Surface.IMDS), GET) is None


@pytest.mark.parametrize(
    ("target", "found"),
    [
        ("/v2/credentials/16105516-51c7-41a2-ad8a-ba7411f309a0", True),
        ("/v2/credentials/16105516%2D51c7-41a2-ad8a-ba7411f309a0", True),
        ("/v1/credentials?id=16105516-51c7-41a2-ad8a-ba7411f309a0", True),
        ("/v1/credentials?x=1&id=16105516-51c7-41a2-ad8a-ba7411f309a0&id=other", True),
        ("/v2/credentials/16105516-51c7-41a2-ad8a-ba7411f309a0/", False),
        ("/v2/credentials/", False),
        ("/v2/credentials", False),
        ("/v3/credentials/16105516-51c7-41a2-ad8a-ba7411f309a0", False),
        ("/v1/credentials?id=&id=16105516-51c7-41a2-ad8a-ba7411f309a0", False),
    ],
)
def test_a_task_is_named_by_the_id_in_its_path(task: Task, target: str, found: bool) -> None:
    resolver = Resolver.of([task])
    assert resolver.resolve(over(Surface.ECS), Request("GET", target)) is (task if found else None)


@pytest.mark.parametrize(
    ("token", "found"),
    [
        ("open-sesame", True),
        ("Bearer open-sesame", False),
        ("Bearer where-am-i", True),
        ("where-am-i", False),
    ],
)
def test_a_function_is_named_by_its_bare_token_or_its_environments_with_the_scheme(
    function: Function, token: str, found: bool
) -> None:
    request = Request("GET", "/2021-04-23/credentials", Headers([("Authorization", token)]))
    workload = Resolver.of([function]).resolve(over(Surface.LAMBDA), request)
    assert workload is (function if found else None)


def unsigned(**claims: object) -> str:
    return f"e30.{urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip('=')}.c2ln"


@pytest.mark.parametrize(
    ("token", "found"),
    [
        pytest.param(
            unsigned(
                sub="system:serviceaccount:shop:orders",
                **{"kubernetes.io": {"pod": {"name": "api-7c9d8"}}},
            ),
            True,
            id="its own, unproven",
        ),
        pytest.param(
            unsigned(
                sub="system:serviceaccount:shop:orders",
                **{"kubernetes.io": {"pod": {"name": "api-other"}}},
            ),
            False,
            id="of another pod",
        ),
        pytest.param(
            unsigned(
                sub="system:serviceaccount:shop:default",
                **{"kubernetes.io": {"pod": {"name": "api-7c9d8"}}},
            ),
            False,
            id="of another service account",
        ),
        pytest.param(unsigned(sub="system:serviceaccount:shop:orders"), False, id="of no pod"),
        pytest.param(unsigned(sub=1, **{"kubernetes.io": {"pod": {"name": []}}}), False, id="odd"),
        pytest.param("", False, id="none"),
        pytest.param("a.b.c", False, id="no base64"),
        pytest.param("a.\u00e4.c", False, id="no ASCII"),
        pytest.param(f"a.{urlsafe_b64encode(b'[' * 9000).decode()}.c", False, id="deep"),
    ],
)
def test_a_pod_is_named_by_the_subject_and_pod_of_its_token(
    pod: Pod, token: str, found: bool
) -> None:
    request = Request("GET", "/v1/credentials", Headers([("Authorization", token)]))
    assert Resolver.of([pod]).resolve(over(Surface.EKS), request) is (pod if found else None)


def test_a_function_without_snapstart_has_no_endpoint(function: Function) -> None:
    request = Request("GET", "/", Headers([("Authorization", "open-sesame")]))
    resolver = Resolver.of([replace(function, snap_start=False)])
    assert resolver.resolve(over(Surface.LAMBDA), request) is None


def test_the_sts_is_asked_by_nobody_in_particular(make_instance: MakeInstance) -> None:
    assert Resolver.of([make_instance("a")]).resolve(over(Surface.STS), GET) is None


def test_an_unknown_name_gets_the_nearest_or_a_list_of_those_there_are(
    make_instance: MakeInstance,
) -> None:
    resolver = Resolver.of([make_instance("web-1"), make_instance("batch")])
    assert resolver.named("web-1").name == "web-1"
    with pytest.raises(WorkloadUnknown, match=r"no workload is named 'web1'; did you mean web-1\?"):
        resolver.named("web1")
    with pytest.raises(WorkloadUnknown, match=r"there are web-1, batch$"):
        resolver.named("zzz")


def test_a_long_list_of_names_is_cut(make_instance: MakeInstance) -> None:
    resolver = Resolver.of([make_instance(f"web-{number}") for number in range(11)])
    with pytest.raises(WorkloadUnknown, match=r"web-9 and 1 more$"):
        resolver.named("zzz")
