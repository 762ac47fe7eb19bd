"""Ask the servers of server.go and Greengrass.java everything anew and write transcripts.json.

    python tests/containers/recorded/record.py

The requests are those of transcripts.json and of `ADDED`; dates and the client's address are left
blank. `unreadable` entries were recorded by hand and stay as they are.
"""

import json
import re
import socket
from pathlib import Path

FILE = Path(__file__).with_name("transcripts.json")
PORTS = {"ecs": 18101, "lambda": 18102, "throttled": 18103, "greengrass": 18104, "aws_vault": 18105}
ENDPOINT = "5b7c1ad6-2a4f-4b1a-9d5c-0e8f6d3c2b1a"
PATHS = (
    *(
        f"/{version}/{ENDPOINT}{rest}"
        for version in ("v3", "v4")
        for rest in ("", "/task", "/taskWithTags")
    ),
    *(
        f"/{version}/{name}{rest}"
        for version in ("v3", "v4")
        for name in ("bad", "", "a%3Cb%3E%26%22%5C", "a%FF%E2%82z", "a%E2%80%A8%7F%09")
        for rest in ("", "/task", "/taskWithTags", "/stats", "/task/stats")
    ),
    *(
        f"/v2/metadata{rest}"
        for rest in ("", "/", "/abc", "/a/b", "WithTags", "WithTags/", "WithTags/a")
    ),
    *(f"/v2/stats{rest}" for rest in ("", "/", "/abc")),
    "/v3",
    "/v4",
    "/v3/bad/",
    "/v4/bad/task/",
    "/v4/bad/tasks",
    "/v4/bad/associations/x",
    "/v4/a%2Fb",
    "/v4/a%0Ab",
    "/v4//bad",
    "/v5/bad",
    "/v4/bad/Task",
    "/api/bad",
    "/api/bad/task-protection/v1",
)
STATE = f"/api/{ENDPOINT}/task-protection/v1/state"
BODIES = (
    '{"ProtectionEnabled":true}',
    '{"ProtectionEnabled":false}',
    '{"protectionenabled":true}',
    '{"ProtectionEnabled":true,"ExpiresInMinutes":1}',
    '{"ProtectionEnabled":true,"ExpiresInMinutes":2880}',
    '{"ProtectionEnabled":true,"ExpiresInMinutes":null}',
    '{"ProtectionEnabled":true,"ExpiresInMinutes":1.5}',
    '{"ProtectionEnabled":true,"ExpiresInMinutes":1.0}',
    '{"ProtectionEnabled":true,"ExpiresInMinutes":1e2}',
    '{"ProtectionEnabled":true,"ExpiresInMinutes":"60"}',
    '{"ProtectionEnabled":"true"}',
    '{"ProtectionEnabled":1}',
    '{"ProtectionEnabled":true,"Expires":1}',
    '{"ProtectionEnabled":null}',
    "{}",
    "",
    "null",
    "[]",
    "[[]]",
    '"text"',
    "7",
    "true",
    '{"ProtectionEnabled":true',
    '{"ProtectionEnabled":true} tail',
    ' \r\n{"ProtectionEnabled":true}',
    '{"ProtectionEnabled":true,}',
    '{"ExpiresInMinutes":60}',
    '{"ProtectionEnabled":true,"ExpiresInMinutes":99999999999999999999}',
    '{"ProtectionEnabled":NaN}',
    '{"ProtectionEnabled":true,"ExpiresInMinutes":true}',
    "{'ProtectionEnabled':true}",
    '{"ProtectionEnabled":false,"ProtectionEnabled":true}',
)


def request(method: str, path: str, body: str = "", *fields: str) -> str:
    length = (f"Content-Length: {len(body)}",) if body or method == "PUT" else ()
    head = "\r\n".join((f"{method} {path} HTTP/1.1", "Host: 169.254.170.2", *length, *fields))
    return f"{head}\r\n\r\n{body}"


ADDED = [
    *(("ecs", request("GET", path)) for path in PATHS),
    *(("ecs", request(method, f"/v4/{ENDPOINT}/task")) for method in ("HEAD", "POST", "DELETE")),
    ("ecs", request("HEAD", "/v4/bad")),
    ("ecs", request("GET", f"/v4/{ENDPOINT}/task", "", "Connection: close")),
    ("ecs", request("GET", f"/v4/{ENDPOINT}/task").replace("HTTP/1.1", "HTTP/1.0")),
    (
        "ecs",
        request("GET", f"/v4/{ENDPOINT}/task", "", "Connection: keep-alive").replace(
            "HTTP/1.1", "HTTP/1.0"
        ),
    ),
    ("ecs", request("HEAD", f"/v4/{ENDPOINT}/task").replace("HTTP/1.1", "HTTP/1.0")),
    *(("ecs", request(method, STATE)) for method in ("GET", "HEAD", "POST", "DELETE", "OPTIONS")),
    ("ecs", request("GET", "/api/bad/task-protection/v1/state")),
    ("ecs", request("PUT", "/api/bad/task-protection/v1/state", '{"ProtectionEnabled":true}')),
    ("ecs", request("PUT", "/api/bad/task-protection/v1/state", "{}")),
    *(("ecs", request("PUT", STATE, body)) for body in BODIES),
    *(
        ("throttled", request(method, path, "", *fields))
        for method in ("GET", "HEAD", "PUT")
        for path in ("/v2/credentials/16105516-51c7-41a2-ad8a-ba7411f309a0", "/nowhere")
        for fields in ((), ("Connection: close",), ("X-Forwarded-For: 10.0.0.9",))
    ),
]
GREENGRASS = "/2016-11-01/credentialprovider/"
TOKEN = "Authorization: open-sesame"
ADDED += [
    *(
        ("greengrass", request(method, GREENGRASS, "", TOKEN))
        for method in ("GET", "HEAD", "POST", "PUT", "OPTIONS", "FOO")
    ),
    *(
        ("greengrass", request("GET", path, "", TOKEN))
        for path in (
            f"{GREENGRASS}x",
            f"{GREENGRASS}?a=1",
            f"{GREENGRASS}../credentialprovider/",
            f"http://h{GREENGRASS}",
            "/2016-11-01/%63redentialprovider/",
        )
    ),
    *(
        ("greengrass", request("GET", GREENGRASS, "", *fields))
        for fields in (
            (),
            ("Authorization: ",),
            ("Authorization: Bearer open-sesame",),
            ("Authorization: wrong", TOKEN),
            (TOKEN, "Authorization: wrong"),
            (TOKEN, "Connection: close"),
            ("Connection: close",),
            (TOKEN, "Connection: Keep-Alive"),
        )
    ),
    ("greengrass", request("POST", GREENGRASS, "abc")),
    *(
        ("greengrass", request("GET", GREENGRASS, "", *fields).replace("HTTP/1.1", "HTTP/1.0"))
        for fields in (
            (TOKEN,),
            (),
            (TOKEN, "Connection: keep-alive"),
            (TOKEN, "Connection: close"),
        )
    ),
    *(
        ("aws_vault", request(method, "/", "", TOKEN))
        for method in ("GET", "HEAD", "POST", "PUT", "OPTIONS", "FOO")
    ),
    *(
        ("aws_vault", request("GET", path, "", TOKEN))
        for path in (
            "/any/path?a=1",
            "/role-arn/arn:aws:iam::111122223333:role/web",
            "/role-arn/arn:aws:iam::111122223333:role/none",
            "//a//b?c=d",
            "/a/../b",
            "/a/./",
            "/role-arn",
            "/%2e%2e/a",
            "/a%2Fb",
        )
    ),
    *(("aws_vault", request(method, "//a", "", TOKEN)) for method in ("HEAD", "POST")),
    *(
        ("aws_vault", request(method, path, "", *fields))
        for method in ("GET", "HEAD", "POST")
        for path in ("/", "//a")
        for fields in (
            (),
            ("Authorization: Bearer open-sesame",),
            ("Authorization: wrong", TOKEN),
            ("Authorization: wrong", "Connection: close"),
        )
    ),
]


def ask(port: int, text: str) -> tuple[str, bool]:
    """The reply, and whether the server kept the connection."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.settimeout(0.15)
        connection.sendall(text.encode("latin-1"))
        pieces = []
        kept = True
        try:
            while piece := connection.recv(65536):
                pieces.append(piece)
            kept = False
        except TimeoutError:
            pass
        own = "{}:{}".format(*connection.getsockname())
    reply = b"".join(pieces).decode("latin-1").replace(own, "<peer>")
    return re.sub(r"Date: [^\r]*", "Date: <date>", reply), kept


def main() -> None:
    before = json.loads(FILE.read_text())
    wanted = [(each["server"], each["request"]) for each in before]
    wanted += [each for each in ADDED if each not in wanted]
    hand = {each["request"]: each for each in before if each["server"] not in PORTS}
    for path in {text.split(" ")[1] for server, text in wanted if server == "throttled"}:
        ask(PORTS["throttled"], request("GET", path))  # the one that is let through
    written = []
    for server, text in wanted:
        if server in PORTS:
            reply, kept = ask(PORTS[server], text)
            written.append({"server": server, "request": text, "reply": reply, "kept": kept})
        else:
            written.append(hand[text])
    FILE.write_text(json.dumps(written, indent=1) + "\n")


main()
