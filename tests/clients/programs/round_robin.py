"""A TCP round-robin, as in front of replicas: each connection goes to the next that listens.

Arguments: one a listener, `PORT=PORT,PORT...`, all on 127.0.0.1. Prints a line once it listens.
"""

import asyncio
import itertools
import sys
from collections.abc import Iterator

HOST = "127.0.0.1"


async def pipe(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    while chunk := await source.read(65536):
        target.write(chunk)
        await target.drain()
    if target.can_write_eof():
        target.write_eof()


async def connect(
    ports: Iterator[int], count: int
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    for port in itertools.islice(ports, count):
        try:
            return await asyncio.open_connection(HOST, port)
        except ConnectionRefusedError:  # it is away: the next one
            continue
    raise ConnectionRefusedError(f"none of {count} replicas listens")


async def listen(port: int, replicas: list[int]) -> None:
    ports = itertools.cycle(replicas)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        near, far = await connect(ports, len(replicas))
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(pipe(reader, far))
                both.create_task(pipe(near, writer))
        finally:
            far.close()
            writer.close()

    await asyncio.start_server(serve, HOST, port)


async def main() -> None:
    for argument in sys.argv[1:]:
        port, _, replicas = argument.partition("=")
        await listen(int(port), [int(each) for each in replicas.split(",")])
    print("listening", flush=True)
    await asyncio.Event().wait()


asyncio.run(main())
