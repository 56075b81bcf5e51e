"""The process from outside: how it starts, what it says, where it listens, how small it idles, how it ends."""

import http.client
import os
import pathlib
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

from reference.emulator import Emulator, free_port, wait_for  # noqa: E402

LISTENING = "0A"  # proc(5): the state of a listening TCP socket in /proc/net/tcp


def run_diorama(*arguments, seconds=10):
    """What a run of the binary that ends by itself leaves: exit code, stdout, stderr."""
    binary = Emulator().binary
    return subprocess.run([binary, *arguments], capture_output=True, text=True, timeout=seconds)


def up_expecting_failure(*arguments):
    """`diorama up` that is expected to give up; killed if it serves after all."""
    process = subprocess.Popen(
        [Emulator().binary, "up", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        out, err = process.communicate(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        out, err = process.communicate()
    return process.returncode, out, err


def listening_addresses(pid):
    """(protocol, hexadecimal address) of everything the process is bound to."""
    inodes = set()
    for descriptor in pathlib.Path(f"/proc/{pid}/fd").iterdir():
        try:
            target = os.readlink(descriptor)
        except OSError:
            continue
        if target.startswith("socket:["):
            inodes.add(target[8:-1])
    found = set()
    for protocol in ("tcp", "tcp6", "udp", "udp6"):
        table = pathlib.Path(f"/proc/{pid}/net/{protocol}")
        for line in table.read_text().splitlines()[1:] if table.exists() else []:
            fields = line.split()
            if fields[9] in inodes and (protocol.startswith("udp") or fields[3] == LISTENING):
                found.add((protocol, fields[1].split(":")[0]))
    return found


def is_loopback(address):
    if len(address) == 8:  # proc(5): the four bytes of an IPv4 address, in the machine's order
        return address.endswith("7F")
    return address == "00000000000000000000000001000000"


def create_load_balancer(emulator, body):
    """An application load balancer that answers every request with `body`; its name."""
    ec2, elbv2 = emulator.client("ec2"), emulator.client("elbv2")
    subnets = [subnet["SubnetId"] for subnet in ec2.describe_subnets()["Subnets"]][:2]
    created = elbv2.create_load_balancer(Name="side", Subnets=subnets)["LoadBalancers"][0]
    answer = {"StatusCode": "200", "ContentType": "text/plain", "MessageBody": body}
    elbv2.create_listener(
        LoadBalancerArn=created["LoadBalancerArn"],
        Protocol="HTTP",
        Port=80,
        DefaultActions=[{"Type": "fixed-response", "FixedResponseConfig": answer}],
    )
    return created["DNSName"]


class Start(unittest.TestCase):
    def test_it_starts_in_under_50_ms_and_idles_in_under_25_mib(self):
        times, sizes = [], []
        for _ in range(5):
            with Emulator("--log", "error") as emulator:
                times.append(emulator.started_in * 1000)
                emulator.page("/_diorama/health")
                sizes.append(emulator.resident_kib() / 1024)
        print(
            f"start-up {min(times):.0f} ms at best, {statistics.median(times):.0f} ms typically; "
            f"idle memory {max(sizes):.1f} MiB",
            file=sys.stderr,
        )
        # 50 ms on a quiet machine; the bound forgives a busy one.
        self.assertLess(min(times), 500)
        self.assertLess(max(sizes), 25)

    def test_ready_is_the_only_line_on_stdout(self):
        emulator = Emulator()
        command = [emulator.binary, "up", "--port", str(emulator.port), "--dns", "off"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        try:
            self.assertEqual(process.stdout.readline(), b"Ready.\n")
            self.assertEqual(emulator.page("/_diorama/health")["dns"], [])
        finally:
            process.terminate()
            rest, _ = process.communicate(timeout=10)
        self.assertEqual((process.returncode, rest), (0, b""))

    def test_a_second_instance_on_the_same_port_says_so_in_one_sentence(self):
        with Emulator() as first:
            code, out, err = up_expecting_failure("--port", str(first.port), "--dns", "off", "--log", "error")
            self.assertEqual((code, out), (1, ""))
            self.assertEqual(len(err.strip().splitlines()), 1, err)
            self.assertIn(str(first.port), err)
            self.assertRegex(err, r"in use")
            self.assertEqual(first.page("/_diorama/health")["edition"], "diorama")

    def test_a_second_instance_on_the_same_dns_port_says_so_in_one_sentence(self):
        with Emulator() as first:
            code, out, err = up_expecting_failure(
                "--port", str(free_port()), "--dns", f"127.0.0.1:{first.dns_port}", "--log", "error"
            )
            self.assertEqual((code, out), (1, ""))
            self.assertEqual(len(err.strip().splitlines()), 1, err)
            self.assertIn(str(first.dns_port), err)

    def test_a_foreign_server_on_the_port_is_noticed_too(self):
        with socket.socket() as foreign:
            foreign.bind(("127.0.0.1", 0))
            foreign.listen()
            port = foreign.getsockname()[1]
            code, _, err = up_expecting_failure("--port", str(port), "--dns", "off", "--log", "error")
            self.assertEqual(code, 1)
            self.assertIn(str(port), err)

    def test_a_data_folder_that_cannot_be_used_is_said_in_one_sentence(self):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "file"
            file.write_text("not a folder")
            garbage = pathlib.Path(folder) / "garbage"
            garbage.mkdir()
            (garbage / "control-plane.sqlite").write_bytes(b"this is no database" * 500)
            for bad in (str(file), "/proc/nowhere", str(garbage)):
                with self.subTest(bad):
                    code, out, err = up_expecting_failure(
                        "--port", str(free_port()), "--dns", "off", "--data", bad, "--log", "error"
                    )
                    self.assertEqual((code, out), (1, ""))
                    self.assertEqual(len(err.strip().splitlines()), 1, err)
                    self.assertIn(bad, err)
                    self.assertNotIn("basic_", err)

    def test_two_processes_never_share_a_data_folder(self):
        with tempfile.TemporaryDirectory() as folder, Emulator("--data", folder) as first:
            code, out, err = up_expecting_failure(
                "--port", str(free_port()), "--dns", "off", "--data", folder, "--log", "error"
            )
            self.assertEqual((code, out), (1, ""))
            self.assertEqual(len(err.strip().splitlines()), 1, err)
            self.assertIn(folder, err)
            first.client("s3").create_bucket(Bucket="still-mine")


class Words(unittest.TestCase):
    def test_help_is_worth_reading(self):
        general = run_diorama("--help")
        self.assertEqual((general.returncode, general.stderr), (0, ""))
        for word in ("diorama up", "AWS_ENDPOINT_URL", "dig @127.0.0.1", "http_proxy", "ca ", "Ready."):
            self.assertIn(word, general.stdout)
        up = run_diorama("up", "--help")
        self.assertEqual((up.returncode, up.stderr), (0, ""))
        for option in (
            "--port --host --dns --data --advertise --time-scale --seed --threads --allow-exec --log".split()
        ):
            self.assertIn(option, up.stdout)

    def test_the_version_is_printed(self):
        self.assertRegex(run_diorama("--version").stdout, r"^diorama \d+\.\d+")

    def test_what_is_not_understood_ends_with_an_error(self):
        for arguments in (
            ["up", "--no-such-option"],
            ["down"],
            [],
            ["up", "--port", "seventy"],
            ["up", "--port", "70000"],
            ["up", "--dns", "nowhere"],
            ["up", "--host", "example"],
            ["up", "--time-scale", "0"],
            ["up", "--advertise", "moon"],
        ):
            with self.subTest(arguments):
                ended = run_diorama(*arguments)
                self.assertNotEqual(ended.returncode, 0)
                self.assertEqual(ended.stdout, "")
                self.assertNotEqual(ended.stderr.strip(), "")

    def test_ca_prints_the_certificate_that_the_front_door_uses(self):
        with tempfile.TemporaryDirectory() as folder:
            printed = run_diorama("ca", "--ca", folder)
            self.assertEqual(printed.returncode, 0)
            self.assertTrue(printed.stdout.startswith("-----BEGIN CERTIFICATE-----\n"))
            self.assertTrue(printed.stdout.endswith("-----END CERTIFICATE-----\n"))
            self.assertEqual(run_diorama("ca", "--ca", folder).stdout, printed.stdout)
            import ssl

            with Emulator("--ca", folder) as emulator:
                context = ssl.create_default_context(cadata=printed.stdout)
                connection = http.client.HTTPSConnection("localhost", emulator.port, timeout=5, context=context)
                connection.request("GET", "/_diorama/health")
                self.assertEqual(connection.getresponse().status, 200)
            for file in pathlib.Path(folder).rglob("*key*"):
                self.assertEqual(file.stat().st_mode & 0o077, 0, f"{file} is readable by others")


class End(unittest.TestCase):
    def end(self, signal_number):
        """Ends an emulator that has idle and busy connections; (seconds, exit code)."""
        with Emulator("--log", "error") as emulator:
            emulator.client("s3").create_bucket(Bucket="busy")
            name = create_load_balancer(emulator, "on")
            stop = threading.Event()
            served = [0]

            def visit(host, path):
                while not stop.is_set():
                    try:
                        connection = http.client.HTTPConnection("127.0.0.1", emulator.port, timeout=5)
                        while not stop.is_set():
                            connection.request("GET", path, headers={"Host": host})
                            connection.getresponse().read()
                            served[0] += 1
                    except (OSError, http.client.HTTPException):
                        if emulator.process.poll() is not None:
                            return

            visitors = [
                threading.Thread(target=visit, args=target, daemon=True)
                for target in ((name, "/"), ("busy.s3.localhost", "/"), ("localhost", "/_diorama/health"))
            ]
            idle = [socket.create_connection(("127.0.0.1", emulator.port)) for _ in range(20)]
            idle[0].sendall(b"PUT /busy/half HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nhalf")
            for visitor in visitors:
                visitor.start()
            wait_for(lambda: served[0] > 50, "traffic")
            began = time.monotonic()
            emulator.process.send_signal(signal_number)
            try:
                code = emulator.process.wait(10)
            finally:
                stop.set()
                for connection in idle:
                    connection.close()
            return time.monotonic() - began, code

    def test_sigterm_and_sigint_end_it_cleanly_under_traffic(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(number.name):
                seconds, code = self.end(number)
                self.assertEqual(code, 0)
                self.assertLess(seconds, 2)  # well under one on a quiet machine

    def test_the_port_is_free_again_at_once(self):
        emulator = Emulator().start()
        emulator.page("/_diorama/health")
        emulator.stop()
        with Emulator(port=emulator.port, dns_port=emulator.dns_port) as second:
            second.page("/_diorama/health")


class Surface(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.emulator = Emulator("--log", "error").start()
        cls.addClassCleanup(cls.emulator.stop)

    def test_it_binds_loopback_only(self):
        create_load_balancer(self.emulator, "here")
        self.emulator.client("cloudfront").list_distributions()
        addresses = listening_addresses(self.emulator.process.pid)
        self.assertTrue(any(protocol == "tcp" for protocol, _ in addresses), addresses)
        self.assertTrue(any(protocol == "udp" for protocol, _ in addresses), addresses)
        self.assertEqual([one for one in addresses if not is_loopback(one[1])], [])

    def test_health_answers_get_and_head(self):
        for path in ("/_localstack/health", "/_diorama/health"):
            document = self.emulator.page(path)
            for service in ("s3", "route53", "cloudfront", "elbv2", "ec2", "autoscaling", "rds", "cloudwatch", "sns"):
                self.assertIn(document["services"][service], ("running", "available"))
            connection = http.client.HTTPConnection("127.0.0.1", self.emulator.port, timeout=5)
            self.addCleanup(connection.close)
            for _ in range(2):  # the connection stays usable: a HEAD has no body
                connection.request("HEAD", path)
                answer = connection.getresponse()
                self.assertEqual((answer.status, answer.read()), (200, b""))
                self.assertGreater(int(answer.getheader("Content-Length")), 100)
                self.assertEqual(answer.getheader("Content-Type"), "application/json")

    def test_both_loopback_families_answer(self):
        if not pathlib.Path("/proc/net/if_inet6").exists():
            self.skipTest("no IPv6 on this machine")
        connection = http.client.HTTPConnection("::1", self.emulator.port, timeout=5)
        self.addCleanup(connection.close)
        connection.request("GET", "/_diorama/health")
        self.assertEqual(connection.getresponse().status, 200)


class Neighbours(unittest.TestCase):
    def fetch(self, emulator, name):
        from reference.dns import query

        address = query(name, emulator.dns_port)[0]
        host, port = emulator.real_endpoint(address, 80)
        connection = http.client.HTTPConnection(host, port, timeout=5)
        self.addCleanup(connection.close)
        connection.request("GET", "/", headers={"Host": name})
        return address, connection.getresponse().read()

    def test_two_side_by_side_do_not_disturb_each_other(self):
        with Emulator("--log", "error") as left, Emulator("--log", "error") as right:
            names = {emulator: create_load_balancer(emulator, body) for emulator, body in ((left, "l"), (right, "r"))}
            at_left, from_left = self.fetch(left, names[left])
            at_right, from_right = self.fetch(right, names[right])
            self.assertEqual((from_left, from_right), (b"l", b"r"))
            self.assertNotEqual(at_left, at_right)
            left.client("s3").create_bucket(Bucket="only-left")
            self.assertEqual(right.client("s3").list_buckets().get("Buckets", []), [])
            left.stop()
            self.assertEqual(self.fetch(right, names[right])[1], b"r")

    def test_a_seed_repeats_the_identifiers(self):
        def identifiers(seed):
            with Emulator("--log", "error", "--seed", seed) as emulator:
                ec2 = emulator.client("ec2")
                template = {"ImageId": "ami-0d10a3a1d10a3a101", "InstanceType": "t3.micro"}
                zone = emulator.client("route53").create_hosted_zone(Name="seed.example", CallerReference="1")
                return (
                    ec2.describe_vpcs()["Vpcs"][0]["VpcId"],
                    ec2.create_launch_template(LaunchTemplateName="seeded", LaunchTemplateData=template)["LaunchTemplate"][
                        "LaunchTemplateId"
                    ],
                    ec2.run_instances(MinCount=1, MaxCount=1, **template)["Instances"][0]["InstanceId"],
                    zone["HostedZone"]["Id"],
                )

        first = identifiers("7")
        self.assertEqual(first, identifiers("7"))
        self.assertNotEqual(first[2], identifiers("8")[2])


if __name__ == "__main__":
    unittest.main()
