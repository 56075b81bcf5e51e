"""Requests made by hand: bytes on a socket, so that tests can say what no well-behaved client says."""

import contextlib
import http.client
import json
import socket
import struct
import urllib.parse

SCOPE_DATE = "20260101"


def authorization(service, region="us-east-1", account="test"):
    """An Authorization header that names a service, a region and an account; nobody verifies its signature."""
    scope = f"{account}/{SCOPE_DATE}/{region}/{service}/aws4_request"
    return f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host;x-amz-date, Signature={'0' * 64}"


def signed(service, region="us-east-1", account="test", **more):
    headers = {"Authorization": authorization(service, region, account), "X-Amz-Date": f"{SCOPE_DATE}T000000Z"}
    return {**headers, **{name.replace("_", "-"): value for name, value in more.items()}}


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def __repr__(self):
        return f"{self.status} {dict(self.headers.items())} {self.body[:600]!r}"

    def json(self):
        return json.loads(self.body)

    @property
    def request_id(self):
        return self.headers.get("x-amzn-RequestId") or self.headers.get("x-amz-request-id")


def read_answer(sock, method="GET"):
    response = http.client.HTTPResponse(sock, method=method)
    response.begin()
    return Answer(response.status, response.headers, response.read())


@contextlib.contextmanager
def connected(emulator, timeout=10):
    with socket.create_connection(("127.0.0.1", emulator.port), timeout=timeout) as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield sock


def raw(emulator, *pieces, method="GET", finish=False):
    """Sends bytes as they are, each piece in a packet of its own, and reads one answer."""
    with connected(emulator) as sock:
        for piece in pieces:
            sock.sendall(piece)
        if finish:
            sock.shutdown(socket.SHUT_WR)
        return read_answer(sock, method)


def head(method, target, headers=None, host="localhost"):
    lines = [f"{method} {target} HTTP/1.1", f"Host: {host}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def send(emulator, method, target, headers=None, body=b"", host="localhost"):
    """One request with a Content-Length."""
    body = body.encode() if isinstance(body, str) else body
    headers = dict(headers or {})
    if body or method in ("PUT", "POST"):
        headers.setdefault("Content-Length", len(body))
    return raw(emulator, head(method, target, headers, host) + body, method=method)


def chunked(*pieces, trailers=""):
    """The pieces in HTTP's chunked coding."""
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n" + trailers.encode() + b"\r\n"


def form(emulator, service, parameters, **more):
    headers = {**signed(service, **more), "Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
    return send(emulator, "POST", "/", headers, urllib.parse.urlencode(parameters))


def cbor(value):
    """Enough of RFC 8949 to write requests."""
    if isinstance(value, bool):
        return b"\xf5" if value else b"\xf4"
    if isinstance(value, int):
        return number(0, value) if value >= 0 else number(1, -1 - value)
    if isinstance(value, float):
        return b"\xfb" + struct.pack(">d", value)
    if isinstance(value, str):
        return number(3, len(value.encode())) + value.encode()
    if isinstance(value, list):
        return number(4, len(value)) + b"".join(map(cbor, value))
    if isinstance(value, dict):
        return number(5, len(value)) + b"".join(cbor(key) + cbor(item) for key, item in value.items())
    if isinstance(value, Tagged):
        return number(6, value.tag) + cbor(value.value)
    raise TypeError(type(value))


class Tagged:
    def __init__(self, tag, value):
        self.tag, self.value = tag, value


def number(kind, value):
    for limit, code, size in ((24, None, 0), (256, 24, ">B"), (65536, 25, ">H"), (1 << 32, 26, ">I"), (1 << 64, 27, ">Q")):
        if value < limit:
            return bytes([kind << 5 | value]) if code is None else bytes([kind << 5 | code]) + struct.pack(size, value)
    raise ValueError(value)


def uncbor(octets):
    value, end = _uncbor(octets, 0)
    assert end == len(octets), "bytes after the value"
    return value


def _uncbor(octets, at):
    kind, low = octets[at] >> 5, octets[at] & 31
    at += 1
    if kind == 7 and low in (20, 21, 22):
        return {20: False, 21: True, 22: None}[low], at
    if kind == 7 and low in (26, 27):
        size = 4 if low == 26 else 8
        return struct.unpack(">f" if size == 4 else ">d", octets[at : at + size])[0], at + size
    length = low
    if low == 31:
        items = []
        while octets[at] != 255:
            item, at = _uncbor(octets, at)
            items.append(item)
        at += 1
        if kind == 4:
            return items, at
        if kind == 5:
            return dict(zip(items[::2], items[1::2])), at
        return (b"" if kind == 2 else "").join(items), at
    if low >= 24:
        size = 1 << (low - 24)
        length = int.from_bytes(octets[at : at + size], "big")
        at += size
    if kind == 0:
        return length, at
    if kind == 1:
        return -1 - length, at
    if kind in (2, 3):
        text = octets[at : at + length]
        return (text if kind == 2 else text.decode()), at + length
    if kind == 6:
        return _uncbor(octets, at)
    items = []
    for _ in range(length * (2 if kind == 5 else 1)):
        item, at = _uncbor(octets, at)
        items.append(item)
    return (items if kind == 4 else dict(zip(items[::2], items[1::2]))), at
