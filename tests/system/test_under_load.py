"""What clients see while the daemon reloads, refreshes and is asked by many at once."""

import asyncio
import json
import signal
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.daemons import Daemon, daemon

FREE = 'listen: {imds: ["127.0.0.1:0"], sts: ["127.0.0.1:0"], ecs: [], eks: [], lambda: []}\n'
DEFAULT = FREE + "roles: {web: {}}\ninstances: {web-1: {role: web}}\n"
OURS = "arn:aws:sts::111122223333:assumed-role/web/"
CREDENTIALS = "/latest/meta-data/iam/security-credentials/web"


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Daemon]:
    with daemon(tmp_path, DEFAULT) as started:
        yield started


def place(running: Daemon) -> tuple[str, int]:
    parts = urlsplit(running.ready["imds"][0])
    assert parts.hostname is not None
    assert parts.port is not None
    return parts.hostname, parts.port


async def exchange(address: tuple[str, int], request: bytes) -> tuple[bytes, bytes]:
    """One connection for one request; the head and the body of the reply."""
    reader, writer = await asyncio.open_connection(*address)
    try:
        writer.write(request)
        reply = await asyncio.wait_for(reader.read(), 30)
    finally:
        writer.close()
        await writer.wait_closed()
    head, _, body = reply.partition(b"\r\n\r\n")
    return head, body


def put_token() -> bytes:
    return (
        b"PUT /latest/api/token HTTP/1.1\r\nHost: x\r\n"
        b"X-aws-ec2-metadata-token-ttl-seconds: 21600\r\n\r\n"
    )


def get(path: str, metadata_token: bytes) -> bytes:
    return (
        f"GET {path} HTTP/1.1\r\nHost: x\r\nX-aws-ec2-metadata-token: ".encode()
        + metadata_token
        + b"\r\n\r\n"
    )


RELOADS = 10
CLIENTS = 50
FIGURE = 100_000  # requests, each on a connection of its own


async def answers_during_reloads(running: Daemon, requests: int) -> Counter[bytes]:
    """What clients are answered while the file changes and is reloaded, by status line.

    The reloads are spread over `requests`; the clients end when both are through.
    """
    address = place(running)
    _, metadata_token = await exchange(address, put_token())
    request = get(CREDENTIALS, metadata_token)
    answers: Counter[bytes] = Counter()
    reloaded, one_more = asyncio.Event(), asyncio.Event()
    asked = 0

    async def client() -> None:
        nonlocal asked
        while asked < requests or not reloaded.is_set():
            asked += 1
            head, _ = await exchange(address, request)
            answers[head.split(b"\r\n")[0]] += 1
            one_more.set()

    async def reloads() -> None:
        for number in range(RELOADS):
            while answers.total() < number * requests // RELOADS:
                one_more.clear()
                await asyncio.wait_for(one_more.wait(), 30)
            (running.folder / "config.yaml").write_text(
                DEFAULT + f"functions: {{fn-{number}: {{role: web}}}}\n"
            )
            one_more.clear()
            running.process.send_signal(signal.SIGHUP)
            await asyncio.to_thread(running.imds_sim, "reload")
            await asyncio.wait_for(one_more.wait(), 30)  # each reload has clients to lose
        reloaded.set()

    await asyncio.gather(reloads(), *(client() for _ in range(CLIENTS)))
    assert "Traceback" not in running.log()
    status = json.loads(running.imds_sim("status", "--json").stdout)
    assert status["generation"] == 1 + 2 * RELOADS  # each file by signal and by command
    return answers


async def test_ten_reloads_under_fifty_clients_lose_no_request(running: Daemon) -> None:
    answers = await answers_during_reloads(running, 0)
    assert set(answers) == {b"HTTP/1.1 200 OK"}


@pytest.mark.slow
async def test_ten_reloads_under_fifty_clients_lose_none_of_a_hundred_thousand_requests(
    running: Daemon,
) -> None:
    answers = await answers_during_reloads(running, FIGURE)
    assert set(answers) == {b"HTTP/1.1 200 OK"}
    assert FIGURE <= answers.total() < FIGURE + CLIENTS


@pytest.mark.parametrize("each", [100, pytest.param(10_000, marks=pytest.mark.slow)])
async def test_tokens_issued_by_eight_connections_at_once_are_all_valid(
    running: Daemon, each: int
) -> None:
    address = place(running)
    kept = put_token().replace(b"\r\n\r\n", b"\r\nConnection: keep-alive\r\n\r\n")

    async def issue() -> list[bytes]:
        reader, writer = await asyncio.open_connection(*address)
        issued = []
        for _ in range(each // 50):
            writer.write(kept * 50)
            for _ in range(50):
                head = await reader.readuntil(b"\r\n\r\n")
                assert head.startswith(b"HTTP/1.1 200 OK\r\n")
                issued.append(await reader.readexactly(56))
        writer.close()
        await writer.wait_closed()
        return issued

    before = memory(running)
    lists = await asyncio.gather(*(issue() for _ in range(8)))
    tokens = [metadata_token for issued in lists for metadata_token in issued]
    assert len(set(tokens)) == 8 * each
    assert memory(running) - before < 8 * 1024  # KiB; a table of 80,000 would take over 10 MiB

    async def check(mine: list[bytes]) -> set[bytes]:
        reader, writer = await asyncio.open_connection(*address)
        seen = set()
        for start in range(0, len(mine), 50):
            for metadata_token in mine[start : start + 50]:
                request = get("/latest/meta-data/instance-id", metadata_token)
                writer.write(request.replace(b"\r\n\r\n", b"\r\nConnection: keep-alive\r\n\r\n"))
            for _ in mine[start : start + 50]:
                seen.add((await reader.readuntil(b"\r\n\r\n")).split(b"\r\n")[0])
                await reader.readexactly(19)
        writer.close()
        await writer.wait_closed()
        return seen

    results = await asyncio.gather(*(check(issued) for issued in lists))
    assert set().union(*results) == {b"HTTP/1.1 200 OK"}


def memory(running: Daemon) -> int:
    """Resident memory of the daemon, in KiB."""
    status = Path(f"/proc/{running.process.pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0])


async def test_two_thousand_idle_connections_leave_room_for_the_next_client(
    running: Daemon,
) -> None:
    address = place(running)
    idle = [await asyncio.open_connection(*address) for _ in range(2_000)]
    head, _ = await exchange(address, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 401 Unauthorized")
    for _, writer in idle:
        writer.close()
    assert "Traceback" not in running.log()


@pytest.mark.slow
def test_a_client_sees_new_keys_every_two_seconds_and_each_set_stays_valid(
    tmp_path: Path,
) -> None:
    config = (
        DEFAULT
        + "credentials: {refresh_every: 2s, lifetime: 1h}\n"
        + f"state_dir: {tmp_path / 'state'}\n"
    )
    seen: dict[str, dict[str, str]] = {}
    with daemon(tmp_path, config) as first:
        ends_at = time.monotonic() + 20
        while time.monotonic() < ends_at:
            document = json.loads(first.imds_sim("get", CREDENTIALS).stdout)
            assert document["Code"] == "Success"
            seen.setdefault(document["AccessKeyId"], document)
        assert 8 <= len(seen) <= 21
        assert all(first.arn_of(keys).startswith(OURS) for keys in seen.values())
        assert first.stop() == 0
    with daemon(tmp_path, config) as second:
        assert all(second.arn_of(keys).startswith(OURS) for keys in seen.values())
