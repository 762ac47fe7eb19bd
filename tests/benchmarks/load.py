"""Load for the benchmarks, in a process of its own: kept connections, one request at a time each.

Reads the request from standard input, sends it COUNT times over CONNECTIONS connections to
127.0.0.1:PORT, and prints a JSON object: replies, those with status 200, seconds.
"""

import json
import selectors
import socket
import sys
import time


class Conversation:
    """One connection: sends, reads one reply to its end, sends again."""

    def __init__(self, port: int, request: bytes) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._request = request
        self._read = b""

    def ask(self) -> None:
        self._read = b""
        self.socket.sendall(self._request)

    def status(self) -> int | None:
        """The status of the reply once it is whole."""
        data = self.socket.recv(65536)
        if not data:
            raise SystemExit("load: the server ended a connection that was to be kept")
        self._read += data
        head, found, body = self._read.partition(b"\r\n\r\n")
        if not found:
            return None
        length = head.lower().partition(b"\r\ncontent-length:")[2].partition(b"\r\n")[0]
        return int(head[9:12]) if len(body) >= int(length) else None


def main() -> None:
    port, connections, count = (int(argument) for argument in sys.argv[1:4])
    request = sys.stdin.buffer.read()
    waiting = selectors.DefaultSelector()
    begun = time.perf_counter()
    open_ones = [Conversation(port, request) for _ in range(min(connections, count))]
    for conversation in open_ones:
        waiting.register(conversation.socket, selectors.EVENT_READ, conversation)
        conversation.ask()
    asked, answered, good = len(open_ones), 0, 0
    while answered < count:
        ready = waiting.select(timeout=10)
        if not ready:
            raise SystemExit("load: no reply within 10 seconds")
        for key, _ in ready:
            status = key.data.status()
            if status is None:
                continue
            answered += 1
            good += status == 200
            if asked < count:
                asked += 1
                key.data.ask()
    seconds = time.perf_counter() - begun
    waiting.close()
    for conversation in open_ones:
        conversation.socket.close()
    print(json.dumps({"replies": answered, "good": good, "seconds": seconds}))


if __name__ == "__main__":
    main()
