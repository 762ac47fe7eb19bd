"""Load for the benchmarks, in a process of its own: kept connections, one request at a time each.

Reads the request from standard input, sends it COUNT times over CONNECTIONS connections to
127.0.0.1:PORT, and prints a JSON object: replies, those with status 200, seconds, and how many
connections it took. A server that does not keep connections gets a new one for each request.
"""

import json
import selectors
import socket
import sys
import time


class Conversation:
    """Sends, reads one reply to its end, sends again."""

    def __init__(self, port: int, request: bytes) -> None:
        self._port = port
        self._request = request
        self._read = b""
        self.opened = 0
        self.connect()

    def connect(self) -> None:
        self.socket = socket.create_connection(("127.0.0.1", self._port), timeout=10)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.opened += 1

    def ask(self) -> None:
        self._read = b""
        self.socket.sendall(self._request)

    def reply(self) -> tuple[int, bool] | None:
        """The status of the reply once it is whole, and whether it was the last one here."""
        data = self.socket.recv(65536)
        if not data:
            raise SystemExit("load: the server ended a connection within a reply")
        self._read += data
        head, found, body = self._read.partition(b"\r\n\r\n")
        fields = head.lower()
        length = fields.partition(b"\r\ncontent-length:")[2].partition(b"\r\n")[0]
        if not found or len(body) < int(length):
            return None
        return int(head[9:12]), b"\r\nconnection: close" in fields


def main() -> None:
    port, connections, count = (int(argument) for argument in sys.argv[1:4])
    request = sys.stdin.buffer.read()
    waiting = selectors.DefaultSelector()
    begun = time.perf_counter()
    conversations = [Conversation(port, request) for _ in range(min(connections, count))]
    for conversation in conversations:
        waiting.register(conversation.socket, selectors.EVENT_READ, conversation)
        conversation.ask()
    asked, answered, good = len(conversations), 0, 0
    while answered < count:
        ready = waiting.select(timeout=10)
        if not ready:
            raise SystemExit("load: no reply within 10 seconds")
        for key, _ in ready:
            conversation = key.data
            reply = conversation.reply()
            if reply is None:
                continue
            status, ended = reply
            answered += 1
            good += status == 200
            if ended:
                waiting.unregister(conversation.socket)
                conversation.socket.close()
            if asked < count:
                asked += 1
                if ended:
                    conversation.connect()
                    waiting.register(conversation.socket, selectors.EVENT_READ, conversation)
                conversation.ask()
    seconds = time.perf_counter() - begun
    waiting.close()
    for conversation in conversations:
        conversation.socket.close()
    opened = sum(conversation.opened for conversation in conversations)
    outcome = {"replies": answered, "good": good, "seconds": seconds, "connections": opened}
    print(json.dumps(outcome))


if __name__ == "__main__":
    main()
