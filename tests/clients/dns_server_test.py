"""The name server as its clients see it: every record type, private zones, cookies, IPv6, another server behind it, and clients that do
not behave."""

import contextlib
import pathlib
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
sys.path.insert(0, str(ROOT / "tests" / "clients"))

from reference.dns import query  # noqa: E402
from reference.emulator import Emulator, free_port, wait_for  # noqa: E402

TYPES = {
    "A": "192.0.2.1",
    "AAAA": "2001:db8::1",
    "CAA": '0 issue "ca.example.net"',
    "HTTPS": '1 . alpn="h2,h3" port="8443" ipv4hint="192.0.2.1"',
    "MX": "10 mail.shop.test.",
    "NAPTR": '100 50 "s" "SIP+D2U" "" _sip._udp.shop.test.',
    "PTR": "www.shop.test.",
    "SPF": '"v=spf1 -all"',
    "SRV": "1 2 443 www.shop.test.",
    "SSHFP": "2 1 123456789ABCDEF67890123456789ABCDEF67890",
    "SVCB": "1 svc.shop.test. port=8443",
    "TLSA": "3 1 1 0D6FCE3AFA0D6FCE3AFA",
    "TXT": '"one" "two"',
}


class NameServer(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.other = Emulator("--threads", "1").start()
        cls.addClassCleanup(cls.other.stop)
        cls.v6_port = free_port()
        cls.emulator = Emulator(
            "--threads", "1", "--time-scale", "10", "--dns", f"[::1]:{cls.v6_port}",
            "--dns-upstream", f"127.0.0.1:{cls.other.dns_port}",
        ).start()
        cls.addClassCleanup(cls.emulator.stop)
        cls.route53, cls.ec2 = map(cls.emulator.client, ("route53", "ec2"))
        cls.zone = cls.create(cls.route53, "shop.test")

    @staticmethod
    def create(route53, name, **more):
        return route53.create_hosted_zone(Name=name, CallerReference=f"{name} {time.monotonic()}", **more)["HostedZone"]["Id"]

    @staticmethod
    def record(route53, zone, name, kind, value):
        record = {"Name": name, "Type": kind, "TTL": 60, "ResourceRecords": [{"Value": value}]}
        change = route53.change_resource_record_sets(
            HostedZoneId=zone, ChangeBatch={"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]}
        )["ChangeInfo"]["Id"]
        wait_for(lambda: route53.get_change(Id=change)["ChangeInfo"]["Status"] == "INSYNC", f"the record {name}")

    def dig(self, *arguments, server="127.0.0.1", port=None):
        command = ["dig", "+tries=1", "+timeout=5", f"@{server}", "-p", str(port or self.emulator.dns_port), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    def test_every_type_is_answered_as_dig_reads_it(self):
        for kind, value in TYPES.items():
            with self.subTest(kind):
                name = f"{kind.lower()}.shop.test"
                self.record(self.route53, self.zone, name, kind, value)
                answer = self.dig("+short", name, kind).strip()
                plain = lambda text: re.sub(r'["\s]', "", text).lower()
                self.assertEqual(plain(answer), plain(value))
                tested = self.route53.test_dns_answer(HostedZoneId=self.zone, RecordName=name, RecordType=kind)
                self.assertEqual(len(tested["RecordData"]), 1)

    def test_ipv6_is_served_too(self):
        self.record(self.route53, self.zone, "six.shop.test", "A", "192.0.2.6")
        self.assertEqual(self.dig("+short", "six.shop.test", server="::1", port=self.v6_port).strip(), "192.0.2.6")

    def test_a_cookie_is_given_and_known_again(self):
        asked = self.dig("+cookie=0123456789abcdef", "shop.test", "SOA")
        given = re.search(r"COOKIE: (0123456789abcdef[0-9a-f]{32}) \(good\)", asked)
        self.assertTrue(given, asked)
        again = self.dig(f"+cookie={given.group(1)}", "shop.test", "SOA")
        self.assertIn("(good)", again)

    def test_names_of_others_are_asked_of_the_other_server(self):
        other = self.other.client("route53")
        self.record(other, self.create(other, "elsewhere.test"), "www.elsewhere.test", "A", "192.0.2.77")
        for way in ("+notcp", "+tcp"):
            self.assertEqual(self.dig("+short", "+ignore", way, "www.elsewhere.test").strip(), "192.0.2.77")
            self.assertIn("REFUSED", self.dig(way, "nowhere.example"))  # the other's own answer
        self.assertIn("REFUSED", self.dig("nowhere.example", port=self.other.dns_port))
        self.assertIn("Www.ElseWhere.test", self.dig("Www.ElseWhere.test"))
        text = " ".join(f'"{letter * 250}"' for letter in "abcd")
        zone = other.list_hosted_zones_by_name(DNSName="elsewhere.test")["HostedZones"][0]["Id"]
        self.record(other, zone, "long.elsewhere.test", "TXT", text)
        self.assertIn("flags: qr aa tc", self.dig("+ignore", "+bufsize=512", "long.elsewhere.test", "TXT"))
        fell_back = self.dig("+bufsize=512", "long.elsewhere.test", "TXT")
        self.assertIn("retrying in TCP mode", fell_back)
        self.assertIn("d" * 250, fell_back)

    def test_another_server_that_does_not_answer_is_a_server_failure(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
            silent.bind(("127.0.0.1", 0))
            with Emulator("--threads", "1", "--dns-upstream", f"127.0.0.1:{silent.getsockname()[1]}") as emulator:
                self.assertIn("SERVFAIL", self.dig("+timeout=8", "www.example.org", port=emulator.dns_port))
                silent.settimeout(1)
                first = silent.recvfrom(4096)
                again = silent.recvfrom(4096)
                self.assertEqual(first, again)  # it was asked again, of the same place
            with Emulator("--threads", "1", "--dns-upstream", f"127.0.0.1:{free_port()}") as emulator:
                began = time.monotonic()
                for way in ("+notcp", "+tcp"):
                    self.assertIn("SERVFAIL", self.dig(way, "www.example.org", port=emulator.dns_port))
                self.assertLess(time.monotonic() - began, 4)

    def test_queries_are_logged_where_a_zone_wants_it_and_after_a_restart_too(self):
        with tempfile.TemporaryDirectory() as folder:
            lines = []
            for run in range(2):
                with Emulator("--threads", "1", "--data", folder) as emulator:
                    route53 = emulator.client("route53")
                    if run == 0:
                        zone = self.create(route53, "logged.test").rpartition("/")[2]
                        group = "arn:aws:logs:us-east-1:000000000000:log-group:/aws/route53/logged.test"
                        made = route53.create_query_logging_config(HostedZoneId=zone, CloudWatchLogsLogGroupArn=group)
                        self.assertEqual(made["ResponseMetadata"]["HTTPStatusCode"], 201)
                        self.record(route53, self.create(route53, "silent.test"), "www.silent.test", "A", "192.0.2.1")
                    self.dig("logged.test", "SOA", port=emulator.dns_port)
                    self.dig("+tcp", "+subnet=198.18.31.0/24", "Nothing.logged.test", "AAAA", port=emulator.dns_port)
                    self.dig("www.silent.test", port=emulator.dns_port)
            log = pathlib.Path(folder, "query-logs/aws/route53/logged.test", zone, "LOCAL1.log")
            lines = log.read_text().splitlines()
        when = r"1\.0 \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"
        expected = [
            rf"{when} {zone} logged\.test SOA NOERROR UDP LOCAL1 127\.0\.0\.1 -",
            rf"{when} {zone} Nothing\.logged\.test AAAA NXDOMAIN TCP LOCAL1 127\.0\.0\.1 198\.18\.31\.0/24",
        ] * 2
        self.assertEqual(len(lines), len(expected), lines)
        for line, pattern in zip(lines, expected):
            self.assertRegex(line, f"^{pattern}$")

    def test_without_a_word_about_it_both_loopback_addresses_are_served(self):
        """The default port may be somebody's: then there is nothing to see here."""
        with contextlib.ExitStack() as stack:
            for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
                for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
                    probe = stack.enter_context(socket.socket(family, kind))
                    try:
                        probe.bind((address, 4553))
                    except OSError as problem:
                        self.skipTest(f"{address}:4553 is not free: {problem}")
        emulator = Emulator("--threads", "1")
        emulator.dns_arguments = []
        self.addCleanup(emulator.stop)
        emulator.start()
        for address in ("127.0.0.1", "::1"):
            self.assertIn("status: REFUSED", self.dig("www.example.org", server=address, port=4553))

    def test_a_private_zone_is_seen_from_its_vpc_alone(self):
        vpc = self.ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
        self.record(self.route53, self.create(self.route53, "inside.test"), "www.inside.test", "A", "192.0.2.1")
        private = self.create(self.route53, "inside.test", VPC={"VPCRegion": "us-east-1", "VPCId": vpc})
        self.record(self.route53, private, "www.inside.test", "A", "10.0.0.1")
        with self.assertRaises(self.route53.exceptions.InvalidVPCId):
            self.create(self.route53, "inside.test", VPC={"VPCRegion": "us-east-1", "VPCId": "vpc-0123456789abcdef0"})
        instance = self.ec2.run_instances(ImageId="ami-0abcdef1234567890", MinCount=1, MaxCount=1)["Instances"][0]["InstanceId"]

        def address():
            found = self.ec2.describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"][0]
            return found["State"]["Name"] == "running" and found.get("PublicIpAddress")

        source = wait_for(address, "the instance")
        self.assertEqual(self.dig("+short", "www.inside.test").strip(), "192.0.2.1")
        self.assertEqual(self.dig("+short", "-b", source, "www.inside.test").strip(), "10.0.0.1")
        self.assertEqual(self.dig("+short", "+tcp", "-b", source, "www.inside.test").strip(), "10.0.0.1")
        listed = self.route53.list_hosted_zones_by_vpc(VPCId=vpc, VPCRegion="us-east-1")["HostedZoneSummaries"]
        self.assertIn("inside.test.", [one["Name"] for one in listed])

    def test_a_flood_of_half_open_connections_leaves_room_for_others(self):
        sockets = []
        self.addCleanup(lambda: [one.close() for one in sockets])
        for _ in range(400):
            sockets.append(socket.create_connection(("127.0.0.1", self.emulator.dns_port), timeout=5))
        for one in sockets[-50:]:
            one.send(b"\xff\xff\0")
        self.assertIn("status: NOERROR", self.dig("+tcp", "shop.test", "SOA"))
        self.assertTrue(query("www.shop.test", self.emulator.dns_port) == [])

    def test_pipelined_questions_are_all_answered(self):
        question = b"\x04shop\x04test\0\0\x06\0\1"
        message = lambda number: number.to_bytes(2, "big") + b"\0\0\0\1\0\0\0\0\0\0" + question
        with socket.create_connection(("127.0.0.1", self.emulator.dns_port), timeout=5) as sock:
            sock.sendall(b"".join(len(message(i)).to_bytes(2, "big") + message(i) for i in range(50)))
            stream = sock.makefile("rb")
            for number in range(50):
                length = int.from_bytes(stream.read(2), "big")
                self.assertEqual(stream.read(length)[:2], number.to_bytes(2, "big"))

    def test_a_change_among_100_000_records_is_answered_within_60_ms_of_insync(self):
        zone = self.create(self.route53, "big.test")
        sets, values = 9_990, 10

        def upsert(numbers, addresses):
            changes = [
                {
                    "Action": "UPSERT",
                    "ResourceRecordSet": {
                        "Name": f"name-{n}.big.test",
                        "Type": "A",
                        "TTL": 60,
                        "ResourceRecords": [{"Value": address} for address in addresses],
                    },
                }
                for n in numbers
            ]
            made = self.route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})
            return made["ChangeInfo"]["Id"]

        def wait_for_sync(change):
            while self.route53.get_change(Id=change)["ChangeInfo"]["Status"] != "INSYNC":
                pass

        for begin in range(0, sets, 45):
            last = upsert(range(begin, begin + 45), [f"10.0.0.{k}" for k in range(values)])
        wait_for_sync(last)
        took = []
        for address in (f"192.0.2.{n}" for n in range(9)):
            wait_for_sync(upsert((0, sets - 1), [address]))
            began = time.monotonic()
            for n in (0, sets - 1):
                while query(f"name-{n}.big.test", self.emulator.dns_port) != [address]:
                    pass
            took.append(time.monotonic() - began)
        self.assertLess(statistics.median(took), 0.06, took)


if __name__ == "__main__":
    unittest.main()
