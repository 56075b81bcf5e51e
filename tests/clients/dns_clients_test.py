"""The clients that people ask name servers with: dig, kdig, drill, delv, dnspython and dnsperf. Each is used where it is installed, and
skipped with a sentence where it is not."""

import importlib.util
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

from reference.emulator import Emulator, wait_for  # noqa: E402

NAMES = 200


def needs(program, package):
    return unittest.skipUnless(shutil.which(program), f"{program} is not installed (Debian: {package})")


def record(name, kind, *values, **more):
    more = more or {"TTL": 300}
    return {"Name": name, "Type": kind, "ResourceRecords": [{"Value": value} for value in values], **more}


class Clients(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.emulator = Emulator("--threads", "1").start()
        cls.addClassCleanup(cls.emulator.stop)
        cls.port = str(cls.emulator.dns_port)
        cls.route53 = cls.emulator.client("route53")
        cls.zone = cls.route53.create_hosted_zone(Name="shop.test", CallerReference="1")["HostedZone"]["Id"]
        long = [f'"{str(n) * 120}"' for n in range(9)]
        sets = [
            record("www.shop.test", "A", "192.0.2.1", "192.0.2.2", "192.0.2.3"),
            record("www.shop.test", "AAAA", "2001:db8::1"),
            record("shop.test", "MX", "10 mail.shop.test."),
            record("mail.shop.test", "A", "192.0.2.25"),
            record("also.shop.test", "CNAME", "www.shop.test."),
            record("*.wild.shop.test", "TXT", '"any name"'),
            record("long.shop.test", "TXT", *long),
            record("sub.shop.test", "NS", "ns.sub.shop.test."),
            record("ns.sub.shop.test", "A", "192.0.2.53"),
            record("svc.shop.test", "HTTPS", '1 . alpn="h2"'),
            record("caa.shop.test", "CAA", '0 issue "ca.example.net"'),
            *(record(f"name-{n}.shop.test", "A", f"10.0.0.{n}") for n in range(NAMES)),
        ]
        change = cls.route53.change_resource_record_sets(
            HostedZoneId=cls.zone, ChangeBatch={"Changes": [{"Action": "CREATE", "ResourceRecordSet": one} for one in sets]}
        )["ChangeInfo"]["Id"]
        wait_for(lambda: cls.route53.get_change(Id=change)["ChangeInfo"]["Status"] == "INSYNC", "the records")

    def run_client(self, *command, expected=0):
        ran = subprocess.run(command, capture_output=True, text=True, timeout=60)
        self.assertEqual(ran.returncode, expected, ran.stdout + ran.stderr)
        return ran.stdout

    def assert_statuses(self, ask):
        """What the four kinds of answer look like in the words that dig, kdig and drill share."""
        for name, kind, status, flags, answers in (
            ("www.shop.test", "A", "NOERROR", "aa", 3),
            ("www.shop.test", "MX", "NOERROR", "aa", 0),
            ("nothing.shop.test", "A", "NXDOMAIN", "aa", 0),
            ("x.y.wild.shop.test", "TXT", "NOERROR", "aa", 1),
            ("wild.shop.test", "TXT", "NOERROR", "aa", 0),
            ("a.sub.shop.test", "A", "NOERROR", "", 0),
            ("www.example.org", "A", "REFUSED", "", 0),
        ):
            with self.subTest(f"{name} {kind}"):
                said = ask(name, kind)
                self.assertRegex(said, rf"(status|rcode): {status}")
                found = re.search(r"[Ff]lags: ([a-z ]*)", said).group(1).split()
                self.assertEqual("aa" in found, flags == "aa", said)
                self.assertRegex(said, rf"ANSWER: {answers}\b")

    @needs("dig", "bind9-dnsutils")
    def test_dig(self):
        dig = lambda *more: self.run_client("dig", "@127.0.0.1", "-p", self.port, "+tries=1", *more)
        self.assert_statuses(lambda name, kind: dig("+norecurse", name, kind))
        self.assertEqual(dig("+short", "also.shop.test").split()[0], "www.shop.test.")
        self.assertEqual(sorted(dig("+short", "also.shop.test").split()[1:]), ["192.0.2.1", "192.0.2.2", "192.0.2.3"])
        said = dig("+bufsize=512", "long.shop.test", "TXT")
        self.assertIn("Truncated, retrying in TCP mode", said)
        self.assertIn("ANSWER: 9", said)
        self.assertNotIn("Truncated", dig("+bufsize=4096", "long.shop.test", "TXT"))
        self.assertIn("mail.shop.test.\t\t300\tIN\tA\t192.0.2.25", dig("shop.test", "MX"))
        self.assertIn("BADVERS", dig("+edns=1", "+noednsneg", "www.shop.test"))
        self.assertIn("NOTIMP", dig("+opcode=UPDATE", "+header-only"))
        self.assertIn("Transfer failed", dig("shop.test", "AXFR"))
        self.assertIn("wWw.ShOp.TeSt.", dig("wWw.ShOp.TeSt"))
        self.assertIn("CLIENT-SUBNET: 198.18.31.0/24/0", dig("+subnet=198.18.31.0/24", "www.shop.test"))

    @needs("kdig", "knot-dnsutils")
    def test_kdig(self):
        kdig = lambda *more: self.run_client("kdig", "@127.0.0.1", "-p", self.port, "+retry=0", *more)
        self.assert_statuses(lambda name, kind: kdig(name, kind))
        self.assertIn("ANSWER: 9", kdig("+tcp", "+keepopen", "long.shop.test", "TXT"))
        # One connection, several questions in a row.
        several = kdig("+tcp", "+keepopen", "www.shop.test", "A", "shop.test", "SOA", "caa.shop.test", "CAA")
        self.assertEqual(several.count("status: NOERROR"), 3)
        self.assertRegex(kdig("svc.shop.test", "HTTPS"), r'HTTPS\s+1 \. alpn=h2')
        self.assertIn("NOERROR", kdig("+edns", "+nsid", "+padding=128", "+cookie=0123456789abcdef", "www.shop.test"))
        self.assertIn("ANSWER: 1", kdig("www.shop.test", "AAAA"))

    @needs("drill", "ldnsutils")
    def test_drill(self):
        drill = lambda *more: self.run_client("drill", "-p", self.port, *more[:-2], more[-2], "@127.0.0.1", more[-1])
        self.assert_statuses(lambda name, kind: drill("-o", "rd", name, kind))
        self.assertIn("ANSWER: 9", drill("-a", "long.shop.test", "TXT"))  # falls back to TCP
        self.assertIn("ANSWER: 3", drill("-t", "www.shop.test", "A"))
        self.assertIn("192.0.2.25", drill("shop.test", "MX"))
        self.assertIn("NOERROR", drill("-D", "www.shop.test", "A"))  # DO: there is no signature to give

    @needs("delv", "bind9-dnsutils")
    def test_delv_reads_answers_without_signatures(self):
        delv = lambda *more: self.run_client("delv", "@127.0.0.1", "-p", self.port, "-i", *more)
        self.assertEqual(sorted(delv("+short", "www.shop.test", "A").split()), ["192.0.2.1", "192.0.2.2", "192.0.2.3"])
        self.assertIn("192.0.2.25", delv("mail.shop.test", "A"))
        self.assertIn("-$NXDOMAIN", delv("nothing.shop.test", "A"))
        self.assertIn("-$NXRRSET", delv("www.shop.test", "MX"))

    @unittest.skipUnless(importlib.util.find_spec("dns"), "dnspython is not installed (Debian: python3-dnspython)")
    def test_dnspython(self):
        import dns.flags
        import dns.message
        import dns.query
        import dns.rcode
        import dns.resolver

        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers = ["127.0.0.1"]
        resolver.port = self.emulator.dns_port
        self.assertEqual(sorted(one.address for one in resolver.resolve("www.shop.test", "A")), ["192.0.2.1", "192.0.2.2", "192.0.2.3"])
        found = resolver.resolve("also.shop.test", "AAAA")
        self.assertEqual(str(found.canonical_name), "www.shop.test.")
        self.assertEqual(found.rrset.ttl, 300)
        self.assertEqual(len(resolver.resolve("long.shop.test", "TXT")), 9)
        with self.assertRaises(dns.resolver.NXDOMAIN):
            resolver.resolve("nothing.shop.test", "A")
        with self.assertRaises(dns.resolver.NoAnswer):
            resolver.resolve("www.shop.test", "CAA")
        with self.assertRaises(dns.resolver.NoNameservers):
            resolver.resolve("www.example.org", "A")
        query = dns.message.make_query("long.shop.test", "TXT", use_edns=False)
        answer, was_tcp = dns.query.udp_with_fallback(query, "127.0.0.1", port=self.emulator.dns_port)
        self.assertTrue(was_tcp)
        self.assertEqual(len(answer.answer[0]), 9)
        query = dns.message.make_query("a.sub.shop.test", "A", want_dnssec=True)
        referral = dns.query.udp(query, "127.0.0.1", port=self.emulator.dns_port)
        self.assertFalse(referral.flags & dns.flags.AA)
        self.assertEqual(str(referral.authority[0].name), "sub.shop.test.")
        self.assertEqual(str(referral.additional[0][0]), "192.0.2.53")
        self.assertTrue(referral.ednsflags & dns.flags.DO)
        self.assertEqual(referral.rcode(), dns.rcode.NOERROR)

    @needs("dnsperf", "dnsperf")
    def test_dnsperf_loses_nothing_over_udp_and_tcp(self):
        with tempfile.NamedTemporaryFile("w", suffix=".questions") as questions:
            questions.writelines(f"name-{n}.shop.test A\n" for n in range(NAMES))
            questions.flush()
            for mode in ("udp", "tcp"):
                with self.subTest(mode):
                    said = self.run_client(
                        "dnsperf", "-s", "127.0.0.1", "-p", self.port, "-d", questions.name, "-m", mode, "-n", "20", "-c", "4", "-e"
                    )
                    self.assertRegex(said, r"Queries completed:\s+4000 \(100.00%\)")
                    self.assertRegex(said, r"Response codes:\s+NOERROR 4000 \(100.00%\)")


if __name__ == "__main__":
    unittest.main()
