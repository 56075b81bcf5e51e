"""A resolver in twenty lines: asks the emulator's name server over UDP, as a stub resolver does."""

import random
import socket
import struct


def query(name, port, server="127.0.0.1", kind=1, timeout=3):
    """The addresses (A records) of a name."""
    ident = random.randrange(65536)
    labels = b"".join(bytes([len(part)]) + part.encode() for part in name.rstrip(".").split("."))
    question = labels + b"\0" + struct.pack(">HH", kind, 1)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(timeout)
        sock.sendto(struct.pack(">HHHHHH", ident, 0x0100, 1, 0, 0, 0) + question, (server, port))
        answer = sock.recv(4096)
    got, flags, _, answers, _, _ = struct.unpack(">HHHHHH", answer[:12])
    if got != ident or flags & 15:
        return []
    at = 12 + len(question)
    addresses = []
    for _ in range(answers):
        while answer[at] and answer[at] < 192:
            at += 1 + answer[at]
        at += 2 if answer[at] >= 192 else 1
        record, _, _, length = struct.unpack(">HHIH", answer[at : at + 10])
        at += 10
        if record == 1:
            addresses.append(socket.inet_ntoa(answer[at : at + 4]))
        at += length
    return addresses
