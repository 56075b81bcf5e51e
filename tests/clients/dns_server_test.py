"""The name server as its clients see it: every record type, private zones, cookies, IPv6, another server behind it, and clients that do
not behave."""

import pathlib
import re
import socket
import subprocess
import sys
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
        self.assertEqual(self.dig("+short", "www.elsewhere.test").strip(), "192.0.2.77")  # by TC, then TCP
        self.assertIn("REFUSED", self.dig("+tcp", "nowhere.example"))  # the other's own answer
        self.assertIn("REFUSED", self.dig("nowhere.example", port=self.other.dns_port))

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


if __name__ == "__main__":
    unittest.main()
