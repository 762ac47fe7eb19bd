"""Bytes that a hostile client might send: requests made of what matters, then spoilt, by a seed."""

from random import Random  # noqa: TID251 - the fuzzer's own chance, from a seed

METHODS = (b"GET", b"GET", b"GET", b"HEAD", b"PUT", b"OPTIONS", b"POST", b"get", b"\xff", b"")
VERSIONS = (b"HTTP/1.1", b"HTTP/1.1", b"HTTP/1.0", b"HTTP/2.0", b"http/1.1", b"")
NAMES = (
    *(b"latest", b"meta-data", b"dynamic", b"user-data", b"api", b"token", b"iam", b"info"),
    *(b"security-credentials", b"web", b"network", b"interfaces", b"macs", b"tags", b"instance"),
    *(b"public-keys", b"0", b"spot", b"events", b"maintenance", b"2021-03-23", b"1.0", b"fws"),
    *(b"..", b".", b"%2e%2e", b"%2f", b"%00", b"%", b"%zz", b"%ff", b"\xc3\xa9", b"\x00", b""),
    *(b"a" * 300, b"etc", b"passwd", b"~", b"*", b"identity-credentials", b"instance-identity"),
)
FIELDS = (
    *(b"X-aws-ec2-metadata-token", b"X-aws-ec2-metadata-token-ttl-seconds", b"X-Forwarded-For"),
    *(b"Host", b"Connection", b"Content-Length", b"Transfer-Encoding", b"Expect", b"Range", b"X"),
)
VALUES = (
    *(b"", b"60", b"21600", b"21601", b"-1", b"1e3", b"9" * 400, b"keep-alive", b"close"),
    *(b"chunked", b"100-continue", b"\xff\xfe", b"\x00", b"a" * 9000, b"5", b"x, y"),
    b"AQAEA" + b"A" * 49 + b"==",
)
PREFIXES = (b"/", b"/", b"/", b"//", b"http://169.254.169.254/", b"", b"?", b"*", b"https://x")


def request(chance: Random, metadata_token: bytes) -> bytes:
    """One request, whole or spoilt; now and then with a token that counts."""
    path = chance.choice(PREFIXES) + b"/".join(chance.choices(NAMES, k=chance.randrange(7)))
    if chance.random() < 0.3:
        path = b"/latest/meta-data/" + b"/".join(chance.choices(NAMES, k=chance.randrange(4)))
    lines = [b" ".join((chance.choice(METHODS), path, chance.choice(VERSIONS)))]
    if chance.random() < 0.5:
        lines.append(b"X-aws-ec2-metadata-token: " + metadata_token)
    fields = range(chance.randrange(4))
    lines += [chance.choice(FIELDS) + b": " + chance.choice(VALUES) for _ in fields]
    whole = b"\r\n".join(lines) + b"\r\n\r\n"
    return spoilt(chance, whole) if chance.random() < 0.4 else whole


def spoilt(chance: Random, whole: bytes) -> bytes:
    """A few bytes changed, left out or doubled."""
    data = bytearray(whole)
    for _ in range(chance.randrange(1, 5)):
        at = chance.randrange(len(data))
        match chance.randrange(4):
            case 0:
                data[at] = chance.randrange(256)
            case 1:
                del data[at : at + chance.randrange(1, 8)]
            case 2:
                data[at:at] = data[at : at + chance.randrange(1, 8)]
            case _:
                data[at:at] = chance.randbytes(chance.randrange(1, 8))
        if not data:
            return b"\r\n\r\n"
    return bytes(data)
