"""What must not hurt a name server: bytes by chance, messages that contradict themselves, connections that say nothing or very little,
and questions asked in the name of somebody else. After each of them it answers as before, in the memory it had."""

import contextlib
import pathlib
import random
import socket
import struct
import sys
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

from reference.dns import query  # noqa: E402
from reference.emulator import Emulator, free_port, wait_for  # noqa: E402

FORMAT_ERROR, NO_SUCH_NAME, NOT_IMPLEMENTED, REFUSED = 1, 3, 4, 5
NAME = b"\x03www\x04shop\x04test\0"
A_IN = b"\0\1\0\1"
# A server of two threads keeps 512 connections; each may have begun a message of 64 KiB.
MEMORY_FOR_CONNECTIONS_KIB = 512 * 64 + 16 * 1024


def header(ident=0x4242, flags=0x0100, questions=1, answers=0, authority=0, additional=0):
    return struct.pack(">HHHHHH", ident, flags, questions, answers, authority, additional)


def labels(*sizes):
    return b"".join(bytes([size]) + b"x" * size for size in sizes) + b"\0"


MALFORMED = {
    "a header that promises a question": header(),
    "a name that points at itself": header() + b"\xc0\x0c" + A_IN,
    "two names that point at each other": header(questions=2) + b"\xc0\x10\0\1\0\1" + b"\xc0\x0c\0\1\0\1",
    "a pointer into the header": header() + b"\xc0\x04" + A_IN,
    "a pointer to what comes later": header() + b"\xc0\x20" + A_IN + NAME,
    "a pointer beyond the end": header() + b"\xff\xff" + A_IN,
    "a label of 64": header() + b"\x40" + b"x" * 64 + b"\0" + A_IN,
    "a label of a reserved kind": header() + b"\x80" + b"x" * 64 + b"\0" + A_IN,
    "a name of 256": header() + labels(63, 63, 63, 62) + A_IN,
    "a name without an end": header() + b"\x03www",
    "a question without a type": header() + NAME,
    "bytes after the end": header() + NAME + A_IN + b"\0",
    "a record that is not there": header(additional=1) + NAME + A_IN,
    "two OPT records": header(additional=2) + NAME + A_IN + 2 * (b"\0\0\x29\x10\0\0\0\0\0\0\0"),
    "an option longer than its record": header(additional=1) + NAME + A_IN + b"\0\0\x29\x10\0\0\0\0\0\0\4\0\x0a\0\x08",
    "no question": header(questions=0),
    "two questions": header(questions=2) + 2 * (NAME + A_IN),
    "as many questions as can be": header(questions=65535) + NAME + A_IN,
}


class BadInput(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.wide_port = free_port()
        cls.emulator = Emulator("--threads", "2", "--dns", f"0.0.0.0:{cls.wide_port}").start()
        cls.addClassCleanup(cls.emulator.stop)
        cls.server = ("127.0.0.1", cls.emulator.dns_port)
        route53 = cls.emulator.client("route53")
        zone = route53.create_hosted_zone(Name="shop.test", CallerReference="1")["HostedZone"]["Id"]
        sets = [{"Name": "www.shop.test", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "192.0.2.1"}]}]
        route53.change_resource_record_sets(
            HostedZoneId=zone, ChangeBatch={"Changes": [{"Action": "CREATE", "ResourceRecordSet": one} for one in sets]}
        )
        wait_for(lambda: query("www.shop.test", cls.emulator.dns_port), "the record")

    def tearDown(self):
        self.assertIsNone(self.emulator.process.poll(), self.emulator.log_tail())
        self.assertEqual(query("www.shop.test", self.emulator.dns_port), ["192.0.2.1"])

    def over_udp(self, message, server=None, timeout=2):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.settimeout(timeout)
            sock.sendto(message, server or self.server)
            with contextlib.suppress(TimeoutError):
                return sock.recv(65535)

    def connection(self):
        sock = socket.create_connection(self.server, timeout=15)
        self.addCleanup(sock.close)
        return sock

    def over_tcp(self, sock, message):
        sock.sendall(struct.pack(">H", len(message)) + message)
        return self.receive(sock)

    @staticmethod
    def receive(sock):
        """The next message of a stream; nothing at its end."""
        stream = b""
        while len(stream) < 2 or len(stream) < 2 + struct.unpack(">H", stream[:2])[0]:
            some = sock.recv(65537 - len(stream))
            if not some:
                return None
            stream += some
        return stream[2:]

    @staticmethod
    def code(response):
        return response[3] & 15

    def test_what_contradicts_itself_is_a_format_error_over_udp_and_tcp(self):
        sock = self.connection()
        for what, message in MALFORMED.items():
            with self.subTest(what):
                for response in (self.over_udp(message), self.over_tcp(sock, message)):
                    self.assertIsNotNone(response)
                    self.assertEqual(response[:2], b"\x42\x42")
                    self.assertTrue(response[2] & 0x80)
                    self.assertEqual(self.code(response), FORMAT_ERROR)
                    self.assertLessEqual(len(response), max(len(message), 12) + 11)

    def test_a_label_of_63_and_a_name_of_255_are_names(self):
        for name in (labels(63), labels(63, 63, 63, 61)):
            self.assertEqual(self.code(self.over_udp(header() + name + A_IN)), REFUSED)
        longest = labels(63, 63, 63, 61 - 10)[:-1] + b"\x04shop\x04test\0"
        self.assertEqual(len(longest), 255)
        self.assertEqual(self.code(self.over_udp(header() + longest + A_IN)), NO_SUCH_NAME)

    def test_other_opcodes_classes_and_transfers_are_refused_by_their_codes(self):
        for opcode in (1, 2, 4, 5, 15):
            self.assertEqual(self.code(self.over_udp(header(flags=opcode << 11) + NAME + A_IN)), NOT_IMPLEMENTED)
        for kind in (b"\0\xfb\0\1", b"\0\xfc\0\1", b"\0\1\0\3", b"\0\1\0\xff"):
            self.assertEqual(self.code(self.over_udp(header() + NAME + kind)), REFUSED)

    def test_an_answer_is_never_answered_nor_is_less_than_a_header(self):
        for message in (b"", b"x", header()[:11], header(flags=0x8180) + NAME + A_IN):
            self.assertIsNone(self.over_udp(message, timeout=0.3))

    def test_bytes_by_chance_are_answered_by_messages_or_not_at_all(self):
        chance = random.Random(53)
        good = header(additional=1) + NAME + A_IN + b"\0\0\x29\x10\0\0\0\0\0\0\0"
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.setblocking(False)
            answers = 0
            for n in range(20_000):
                if n % 2:
                    message = chance.randbytes(chance.randrange(600))
                else:
                    message = bytearray(good)
                    for _ in range(chance.randrange(1, 6)):
                        message[chance.randrange(len(message))] = chance.randrange(256)
                sock.sendto(bytes(message), self.server)
                with contextlib.suppress(BlockingIOError):
                    while True:
                        response = sock.recv(65535)
                        self.assertGreaterEqual(len(response), 12)
                        self.assertTrue(response[2] & 0x80)
                        answers += 1
        self.assertGreater(answers, 5_000)
        for n in range(20):
            sock = self.connection()
            sock.sendall(chance.randbytes(4096))
            sock.close()

    def test_a_frame_of_65535_bytes_may_come_a_byte_at_a_time(self):
        message = header() + NAME + A_IN
        message += b"\0" * (65535 - len(message))
        sock = self.connection()
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in struct.pack(">H", len(message)) + message:
            sock.send(bytes([byte]))
        self.assertEqual(self.code(self.receive(sock)), FORMAT_ERROR)
        self.assertEqual(self.code(self.over_tcp(sock, header() + NAME + A_IN)), 0)

    def test_who_sends_too_slowly_is_let_go(self):
        slow, idle = self.connection(), self.connection()
        began = time.monotonic()
        closed = None
        while closed is None and time.monotonic() < began + 14:
            try:
                slow.send(b"\xff" if time.monotonic() < began + 0.3 else b"\0")
                slow.settimeout(0.25)
                if not slow.recv(1):
                    closed = time.monotonic() - began
            except TimeoutError:
                continue
            except OSError:
                closed = time.monotonic() - began
        self.assertIsNotNone(closed)
        self.assertGreater(closed, 8)
        idle.settimeout(5)
        self.assertEqual(idle.recv(1), b"")

    def test_half_open_connections_cost_bounded_memory_and_leave_room_for_others(self):
        before = self.emulator.resident_kib()
        begun = struct.pack(">H", 65535) + b"\0" * 60_000
        sockets = []
        self.addCleanup(lambda: [one.close() for one in sockets])
        for n in range(3_000):
            if len(sockets) == 600:  # of descriptors here; the server has let go of older ones itself
                sockets.pop(0).close()
            sock = socket.create_connection(self.server, timeout=5)
            with contextlib.suppress(OSError):
                sock.send(begun[: (2, 3, 30_000, 60_002)[n % 4]])
            sockets.append(sock)
            if n % 500 == 0:
                self.assertEqual(self.code(self.over_tcp(self.connection(), header() + NAME + A_IN)), 0)
        self.assertLess(self.emulator.resident_kib() - before, MEMORY_FOR_CONNECTIONS_KIB)
        self.assertEqual(self.code(self.over_tcp(self.connection(), header() + NAME + A_IN)), 0)

    def test_nobody_off_this_machine_is_shot_at(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            try:
                probe.connect(("192.0.2.1", 53))  # nothing is sent
            except OSError:
                self.skipTest("this machine has no address but loopback")
            address = probe.getsockname()[0]
        if address.startswith("127."):
            self.skipTest("this machine has no address but loopback")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.bind((address, 0))
            sock.settimeout(0.5)
            answered = cut = 0
            began = time.monotonic()
            for n in range(1500):
                sock.sendto(header(n) + NAME + A_IN, (address, self.wide_port))
                with contextlib.suppress(TimeoutError):
                    sock.settimeout(0.002)
                    response = sock.recv(4096)
                    cut += bool(response[2] & 2)
                    answered += not response[2] & 2
            seconds = time.monotonic() - began
        # A hundred a second for each of two threads, and as many at first.
        self.assertLess(answered, 220 + 210 * seconds)
        self.assertGreater(cut, 0)
        with socket.create_connection((address, self.wide_port), timeout=5) as sock:
            self.assertEqual(self.code(self.over_tcp(sock, header() + NAME + A_IN)), 0)


if __name__ == "__main__":
    unittest.main()
